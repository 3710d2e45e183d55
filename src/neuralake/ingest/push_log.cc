#include "neuralake/ingest/push_log.h"

#include <algorithm>
#include <future>
#include <utility>

#include <fmt/format.h>

#include "neuralake/ingest/kill_points.h"
#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/push_record.h"

namespace neuralake::ingest {

namespace {

/// Wait for `future`, but not past `deadline`.
template <class Future>
bool Arrives(const Future& future, const Deadline& deadline) {
  const auto limit = std::min<Duration>(deadline.Left(), std::chrono::hours(1));
  return future.wait_for(limit) == std::future_status::ready;
}

/// Why the first rows that do not fit do not.
std::vector<RowReason> FirstReasons(const Decoded& decoded) {
  std::vector<RowReason> reasons;
  for (const auto& each : decoded.rejected) {
    if (reasons.size() == kReasonsToldMax) break;
    reasons.push_back({each.row, each.reason});
  }
  return reasons;
}

/// What came of looking at a table. Its first push after a start needs its columns and its position
/// in the log, so it is turned away where later ones are taken: the sender is told what to do.
template <class T>
Result<T> FirstLook(const IngestTable& table, Result<T> looked) {
  const auto away = [](ErrorKind kind) {
    return kind == ErrorKind::kUnavailable || kind == ErrorKind::kDeadlineExceeded;
  };
  if (looked.has_value() || !away(looked.error().kind)) return looked;
  auto& error = looked.error();
  error.message = fmt::format(
      "nothing was taken in, since the store of {} has not answered since ingest was started; send "
      "the same request again once it does: {}",
      table.name, error.message);
  return looked;
}

}  // namespace

/// The log as the source of one table's rows.
class PushLog::Lane final : public RowSource {
 public:
  Lane(PushLog& log, IngestTable& table)
      : log_(log), table_(table), app_id_(log.app_id_ + "-" + table.name) {
    table.pipeline->Attach(*this);
  }
  ~Lane() override { table_.pipeline->Detach(*this); }

  /// The name is in it since two names may have one location: each keeps a position of its own.
  const std::string& app_id() const override { return app_id_; }
  /// Tables that an earlier version wrote to have the log's position without the name.
  std::optional<std::int64_t> KnownIn(const delta::Snapshot& table) const override {
    return std::max(table.transaction(app_id_), table.transaction(log_.app_id_));
  }
  std::string name() const override { return "push"; }
  std::string PositionOf(const PendingRows& rows, const RejectedRow& row) const override {
    return fmt::format("{}:{}", rows.position, row.row);
  }
  std::int64_t After(const PendingRows& rows, const RejectedRow& /*row*/) const override {
    return rows.position;
  }
  Result<Decoded> Reload(const PendingRows& rows, Decoder& decoder) override {
    const auto payload = TRY(log_.wal_->Read(rows.record.value()));
    const auto record = TRY(DecodeRecord(payload));
    const auto& push = std::get<PushRecord>(record);
    auto added = decoder.Add(push.content_type, push.body);
    // It fitted once; since then the table was changed by somebody.
    if (!added.has_value()) decoder.AddRejected(added.error().message, push.body, 0);
    return decoder.Finish();
  }
  void Committed(std::int64_t position) override { log_.Committed(*this, position); }
  void Restart(std::int64_t /*position*/) override {}

  IngestTable& table() { return table_; }

  // Guarded by the log's mutex.
  Lsn committed = 0;
  bool numbers_checked = false;

 private:
  PushLog& log_;
  IngestTable& table_;
  const std::string app_id_;
};

Result<std::unique_ptr<PushLog>> PushLog::Open(const std::shared_ptr<LogFolder>& folder,
                                               const PushLogOptions& options, const Parts& parts) {
  std::unique_ptr<PushLog> log(new PushLog(options, parts));
  log->keys_ = TRY(KeyStore::Open(folder, options.keys, parts.clock));
  const auto now = parts.clock.Mono();
  log->wal_ = TRY(
      WriteAheadLog::Open(folder, options.wal, parts.kills, parts.rng,
                          [&](const WalEntry& entry, std::string_view payload) -> Status {
                            auto record = TRY(DecodeRecord(payload));
                            if (const auto* committed = std::get_if<CommittedRecord>(&record)) {
                              auto& rows = log->strays_[committed->table];
                              while (!rows.empty() && rows.front().position <= committed->through)
                                rows.pop_front();
                              return {};
                            }
                            const auto& push = std::get<PushRecord>(record);
                            log->keys_->Restore(push, entry.lsn);
                            log->strays_[push.table].push_back({.first = entry.lsn,
                                                                .position = entry.lsn,
                                                                .received_ms = push.received_ms,
                                                                .arrived = now,
                                                                .counts = push.counts,
                                                                .source_bytes = push.body.size(),
                                                                .record = entry});
                            return {};
                          }));
  log->app_id_ = "neuralake-ingest-" + log->wal_->id();
  log->AdoptStrays();
  return log;
}

PushLog::PushLog(const PushLogOptions& options, const Parts& parts)
    : options_(options), parts_(parts) {}

PushLog::~PushLog() {
  // First the log: its thread tells lanes.
  wal_.reset();
}

void PushLog::AdoptStrays() {
  std::vector<std::string> names;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [name, rows] : strays_) names.push_back(name);
  }
  for (const auto& name : names) {
    // The lane takes them over; a table that the catalog still lacks leaves them where they are.
    if (const auto table = parts_.tables.Get(name)) LaneOf(**table);
  }
}

Result<PushAnswer> PushLog::Push(const PushRequest& request, const Deadline& deadline) {
  if (closed_) return Fail(ErrorKind::kUnavailable, "ingest is stopping");
  if (request.body.size() > kBodyBytesMax) {
    return Fail(ErrorKind::kInvalid, fmt::format("a body of {} bytes is larger than {}",
                                                 request.body.size(), kBodyBytesMax));
  }
  if (request.idempotency_key.size() > kIdempotencyKeyBytesMax) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("an Idempotency-Key has at most {} bytes", kIdempotencyKeyBytesMax));
  }
  const auto type = TRY(ParseContentType(request.content_type));
  auto& table = *TRY(parts_.tables.Get(request.database, request.table));
  if (request.idempotency_key.empty()) {
    const auto now = parts_.clock.Now().time_since_epoch().count();
    return PushNew(table, request, type, {.before = {}, .token = {}, .received_ms = now}, deadline);
  }
  const auto claim = TRY(keys_->Take(table.name, request.idempotency_key, request.body));
  if (!claim.before.has_value()) {
    auto outcome = PushNew(table, request, type, claim, deadline);
    // What became durable was settled already, also when nobody waited for it any more.
    const bool open = !outcome.has_value() && outcome.error().kind != ErrorKind::kUnknownOutcome;
    if (open) keys_->Settle(table.name, request.idempotency_key, claim.token, outcome);
    return outcome;
  }
  if (const auto* answer = std::get_if<PushAnswer>(&*claim.before)) return *answer;
  const auto& coming = std::get<std::shared_future<KeyStore::Outcome>>(*claim.before);
  if (!Arrives(coming, deadline)) {
    return Fail(ErrorKind::kDeadlineExceeded, "the same request is still on its way");
  }
  return coming.get();
}

/// The lane of `table`. Rows that waited for the table to be in the catalog come first, before
/// anybody can add later ones, and at each instant they are in `strays_` or in the lane: the log
/// keeps what either of them needs.
PushLog::Lane* PushLog::LaneOf(IngestTable& table) {
  std::lock_guard lock(mutex_);
  auto& lane = lanes_[table.name];
  if (lane == nullptr) lane = std::make_unique<Lane>(*this, table);
  if (auto waited = strays_.extract(table.name); !waited.empty()) {
    for (auto& each : waited.mapped()) table.pipeline->Add(*lane, std::move(each));
  }
  return lane.get();
}

/// The lane of `table`, once it is known that new records are numbered above what the table has
/// seen of this log: a disk that lost synced records would otherwise have new ones left out.
Result<PushLog::Lane*> PushLog::ReadyLane(IngestTable& table, const Deadline& deadline) {
  auto* lane = LaneOf(table);
  {
    std::lock_guard lock(mutex_);
    if (lane->numbers_checked) return lane;
  }
  const auto position = TRY(table.pipeline->PositionOf(*lane, deadline));
  wal_->SkipTo(position.value_or(0));
  std::lock_guard lock(mutex_);
  lane->numbers_checked = true;
  return lane;
}

Result<PushAnswer> PushLog::PushNew(IngestTable& table, const PushRequest& request,
                                    ContentType type, const KeyStore::Claim& claim,
                                    const Deadline& deadline) {
  auto* lane = TRY(FirstLook(table, ReadyLane(table, deadline)));
  if (const auto state = table.pipeline->state(); state.lag > options_.lag_max) {
    return Fail(
        ErrorKind::kResourceExhausted,
        fmt::format("rows of {} wait for {} s already: {}", table.name, state.lag.count() / 1000,
                    state.error.empty() ? "the table is slow" : state.error));
  }
  auto body = TRY(Decode(table, request, type, deadline));
  body.answer.received_ms = claim.received_ms;
  const PushRecord record{.table = table.name,
                          .content_type = type,
                          .received_ms = claim.received_ms,
                          .counts = body.answer.counts,
                          .key = request.idempotency_key,
                          .body = request.body};
  PendingRows rows{.received_ms = record.received_ms,
                   .arrived = parts_.clock.Mono(),
                   .counts = record.counts,
                   .source_bytes = record.body.size(),
                   .decoded = std::move(body.decoded),
                   .schema = std::move(body.schema)};
  return Log(*lane, record, std::move(rows), std::move(body.answer), claim.token, deadline);
}

/// Decode the body of `request`, in turn with others. Its rows count from here on if they are kept,
/// before it is logged: pushes that wait together for one sync do not all find the same room.
Result<PushLog::Body> PushLog::Decode(IngestTable& table, const PushRequest& request,
                                      ContentType type, const Deadline& deadline) {
  auto lease = TRY(FirstLook(table, table.pipeline->TakeDecoder(deadline)));
  const auto turn =
      TRY(parts_.budget.AwaitTurn(lease.decoder->Estimate(type, request.body), deadline));
  auto counts = lease.decoder->Add(type, request.body);
  auto decoded = lease.decoder->Finish();
  auto schema = lease.schema;
  table.pipeline->GiveBack(std::move(lease));
  Body body{.answer = {.counts = TRY(std::move(counts)), .reasons = FirstReasons(decoded)}};
  body.decoded = parts_.budget.KeepIfItFits(std::move(decoded));
  if (body.decoded != nullptr) body.schema = std::move(schema);
  return body;
}

/// Make `record` durable, then hand its rows to the pipeline.
Result<PushAnswer> PushLog::Log(Lane& lane, const PushRecord& record, PendingRows rows,
                                PushAnswer answer, const KeyStore::Claim::Token& token,
                                const Deadline& deadline) {
  const auto promise = std::make_shared<std::promise<Result<PushAnswer>>>();
  auto told = promise->get_future();
  auto done = [this, &lane, promise, token, rows = std::move(rows), answer = std::move(answer),
               key = record.key](const Result<WalEntry>& entry) mutable {
    Result<PushAnswer> outcome = std::move(answer);
    if (entry.has_value()) {
      outcome->lsn = entry->lsn;
    } else {
      outcome = std::unexpected(entry.error());
    }
    // In this order: a segment goes only when its rows are committed, and then its key is known.
    if (token != nullptr) keys_->Settle(lane.table().name, key, token, outcome);
    if (entry.has_value() && rows.counts.accepted + rows.counts.rejected > 0) {
      rows.first = rows.position = entry->lsn;
      rows.record = *entry;
      lane.table().pipeline->Add(lane, std::move(rows));
    }
    promise->set_value(std::move(outcome));
  };
  TRY(wal_->Append(EncodeRecord(record), std::move(done)));
  if (!Arrives(told, deadline)) {
    return Fail(ErrorKind::kUnknownOutcome, "the log did not answer in time");
  }
  return told.get();
}

/// The table has all rows of `lane` up to `lsn`.
void PushLog::Committed(Lane& lane, Lsn lsn) {
  {
    std::lock_guard lock(mutex_);
    if (lsn <= lane.committed) return;
    lane.committed = lsn;
  }
  // Nobody waits for the note: without it replay asks the table.
  (void)wal_->Append(EncodeRecord(CommittedRecord{lane.table().name, lsn}), [](const auto&) {});
  // What does not go now stays, and `Tidy` tries again and tells.
  (void)ReleaseSegments();
}

/// The lowest record whose rows some table still needs.
Lsn PushLog::FirstNeeded() const {
  std::lock_guard lock(mutex_);
  Lsn needed = INT64_MAX;
  for (const auto& [name, lane] : lanes_) {
    needed = std::min(needed, lane->table().pipeline->FirstWaiting(*lane).value_or(INT64_MAX));
  }
  for (const auto& [name, rows] : strays_) {
    if (!rows.empty()) needed = std::min(needed, rows.front().position);
  }
  return needed;
}

/// Remove the segments whose rows are all in their tables.
Status PushLog::ReleaseSegments() {
  std::lock_guard releasing(releasing_);
  return wal_->RemoveClosed([this] { return FirstNeeded(); },
                            [this](const SegmentSpan& segment) -> Status {
                              parts_.kills.Reach(kill_points::kBeforeKeysWrite);
                              TRY(keys_->Persist(segment));
                              parts_.kills.Reach(kill_points::kAfterKeysWrite);
                              return {};
                            });
}

Status PushLog::Tidy() {
  auto released = ReleaseSegments();
  std::lock_guard releasing(releasing_);
  // In any case: it makes room.
  auto expired = keys_->Expire();
  return released.has_value() ? expired : released;
}

PushLog::State PushLog::state() const {
  State state{.wal = wal_->state(), .keys = keys_->size()};
  std::lock_guard lock(mutex_);
  for (const auto& [name, rows] : strays_) {
    if (!rows.empty()) state.strays[name] = rows.size();
  }
  return state;
}

}  // namespace neuralake::ingest
