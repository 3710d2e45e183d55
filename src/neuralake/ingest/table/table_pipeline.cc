#include "neuralake/ingest/table/table_pipeline.h"

#include <algorithm>
#include <ranges>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "neuralake/base/check.h"
#include "neuralake/ingest/kill_points.h"
#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/table/dead_letters.h"
#include "neuralake/ingest/wal/format.h"

namespace neuralake::ingest {

namespace {

/// How long a table keeps the position of an application that commits nothing.
constexpr const char* kPositionExpiry = "delta.setTransactionRetentionDuration";

std::int64_t RowsOf(const PendingRows& rows) { return rows.counts.accepted + rows.counts.rejected; }

/// What the rows count for while they wait; it does not change when they are read again.
std::uint64_t BytesOf(const PendingRows& rows) { return rows.source_bytes; }

auto LetterOf(const RejectedRow& row) {
  return std::tuple(row.origin, row.row, HashPayload(row.payload));
}

/// Whether `rows` of a gapless source follow each other, the first one `start`.
bool Follow(const std::vector<std::shared_ptr<PendingRows>>& rows, std::int64_t start) {
  for (const auto& each : rows) {
    if (each->first != start) return false;
    start = each->position;
  }
  return true;
}

}  // namespace

TablePipeline::TablePipeline(std::string name, Parts parts)
    : name_(std::move(name)), parts_(std::move(parts)) {}

void TablePipeline::Attach(RowSource& source) {
  std::lock_guard lock(mutex_);
  lanes_.push_back({.source = &source});
}

void TablePipeline::Begin(RowSource& source, std::int64_t position) {
  std::lock_guard lock(mutex_);
  auto& lane = LaneOf(source);
  NL_CHECK(lane.waiting.empty());
  lane.begin = position;
}

std::int64_t TablePipeline::BeginOf(const RowSource& source) const {
  std::lock_guard lock(mutex_);
  return FindLane(source)->begin;
}

void TablePipeline::Detach(RowSource& source) {
  std::lock_guard flushing(flushing_);
  DropUntil(source, INT64_MAX);
  std::lock_guard lock(mutex_);
  std::erase_if(lanes_, [&](const Lane& lane) { return lane.source == &source; });
}

void TablePipeline::Drop(RowSource& source) {
  std::lock_guard flushing(flushing_);
  DropUntil(source, INT64_MAX);
}

TablePipeline::Lane& TablePipeline::LaneOf(const RowSource& source) {
  const auto found = std::ranges::find(lanes_, &source, &Lane::source);
  NL_CHECK(found != lanes_.end());
  return *found;
}

const TablePipeline::Lane* TablePipeline::FindLane(const RowSource& source) const {
  const auto found = std::ranges::find(lanes_, &source, &Lane::source);
  return found == lanes_.end() ? nullptr : &*found;
}

Result<TablePipeline::Lease> TablePipeline::TakeDecoder(const Deadline& deadline) {
  Lease lease;
  {
    std::lock_guard lock(mutex_);
    lease.schema = schema_;
    if (!decoders_.empty()) {
      lease.decoder = std::move(decoders_.back());
      decoders_.pop_back();
    }
  }
  if (lease.schema == nullptr) {
    const auto opening = TRY(opening_.Take(deadline, "waiting for the schema of " + name_));
    lease.schema = Adopt(TRY(parts_.rows.Refresh(deadline)));
  }
  if (lease.decoder == nullptr) {
    lease.decoder = TRY(Decoder::Make(*lease.schema, parts_.unknown));
  }
  return lease;
}

void TablePipeline::GiveBack(Lease lease) {
  std::lock_guard lock(mutex_);
  if (lease.schema == schema_ && decoders_.size() < kDecodersKeptMax) {
    decoders_.push_back(std::move(lease.decoder));
  }
}

/// Make the schema of `snapshot` the one that rows are decoded for.
std::shared_ptr<const columnar::Schema> TablePipeline::Adopt(const delta::SnapshotPtr& snapshot) {
  const auto& metadata = snapshot->metadata();
  std::lock_guard lock(mutex_);
  if (schema_ == nullptr || schema_text_ != metadata.schema_text) {
    schema_ = std::make_shared<const columnar::Schema>(metadata.schema);
    schema_text_ = metadata.schema_text;
    decoders_.clear();
  }
  return schema_;
}

void TablePipeline::Add(RowSource& source, PendingRows rows) {
  bool due = false;
  {
    std::lock_guard lock(mutex_);
    due = rows_ == 0;
    rows_ += RowsOf(rows);
    bytes_ += BytesOf(rows);
    due = due || rows_ >= parts_.flush.rows || bytes_ >= parts_.flush.bytes;
    LaneOf(source).waiting.push_back(std::make_shared<PendingRows>(std::move(rows)));
  }
  if (due) parts_.wake();
}

Result<std::optional<std::int64_t>> TablePipeline::PositionOf(const RowSource& source,
                                                              const Deadline& deadline) {
  const auto snapshot = TRY(parts_.rows.Refresh(deadline));
  Adopt(snapshot);
  TRY(CheckKeepsPosition(source, *snapshot));
  return source.KnownIn(*snapshot);
}

/// Refuse a source that nobody but the table knows the position of, when the table lets positions
/// expire: it would be read from its beginning again.
Status TablePipeline::CheckKeepsPosition(const RowSource& source,
                                         const delta::Snapshot& snapshot) const {
  const auto& properties = snapshot.metadata().configuration;
  const auto expiry = properties.find(kPositionExpiry);
  if (!source.gapless() || expiry == properties.end()) return {};
  return Fail(ErrorKind::kUnsupported,
              fmt::format("table {} has {} = {}: engines that heed it forget the offsets of a "
                          "partition that was quiet for so long, and its messages would come into "
                          "the table a second time; unset the property, or feed {} into another "
                          "table",
                          name_, kPositionExpiry, expiry->second, source.name()));
}

std::optional<MonoTime> TablePipeline::Due() const {
  std::lock_guard lock(mutex_);
  std::optional<MonoTime> oldest;
  for (const auto& lane : lanes_) {
    if (lane.waiting.empty()) continue;
    oldest = std::min(oldest.value_or(MonoTime::max()), lane.waiting.front()->arrived);
  }
  if (!oldest.has_value()) return std::nullopt;
  const bool full = rows_ >= parts_.flush.rows || bytes_ >= parts_.flush.bytes;
  return std::max(full ? *oldest : *oldest + parts_.flush.interval, retry_at_);
}

std::optional<std::int64_t> TablePipeline::FirstWaiting(const RowSource& source) const {
  std::lock_guard lock(mutex_);
  const auto* lane = FindLane(source);
  if (lane == nullptr || lane->waiting.empty()) return std::nullopt;
  return lane->waiting.front()->first;
}

PipelineState TablePipeline::state() const {
  std::lock_guard lock(mutex_);
  PipelineState state{.rows = rows_, .bytes = bytes_, .failures = failures_, .error = error_};
  const auto now = parts_.clock.Mono();
  for (const auto& lane : lanes_) {
    if (lane.waiting.empty()) continue;
    const auto age = now - lane.waiting.front()->arrived;
    state.lag = std::max(state.lag, std::chrono::duration_cast<std::chrono::milliseconds>(age));
  }
  return state;
}

Status TablePipeline::Flush(const Deadline& deadline) {
  std::lock_guard flushing(flushing_);
  Status status;
  for (int plan = 0; plan < kFlushPlansMax; ++plan) {
    status = FlushOnce(deadline);
    if (status.has_value() || status.error().kind != ErrorKind::kConflict) break;
  }
  Note(status);
  if (!status.has_value()) Shed();
  return status;
}

/// After a failed flush: what it read again goes until there is room, the last ones first. The next
/// one reads it once more.
void TablePipeline::Shed() {
  std::lock_guard lock(mutex_);
  for (const auto& lane : lanes_) {
    for (const auto& rows : std::views::reverse(lane.waiting)) {
      if (!parts_.budget.full()) return;
      if (rows->record.has_value()) rows->decoded = nullptr;
    }
  }
}

/// Remember how a flush ended; after a failure the next one waits, longer each time.
void TablePipeline::Note(const Status& status) {
  std::lock_guard lock(mutex_);
  if (status.has_value()) {
    failures_ = 0;
    error_.clear();
    retry_at_ = {};
    return;
  }
  const auto wait = std::min(kFlushRetryMost, kFlushRetryFirst * (1 << std::min(failures_, 10)));
  ++failures_;
  error_ = Describe(status.error());
  retry_at_ = parts_.clock.Mono() + wait;
}

/// The oldest rows of each lane, as many as one flush takes.
TablePipeline::Shares TablePipeline::TakeShares() const {
  std::lock_guard lock(mutex_);
  std::vector<const Lane*> lanes;
  for (const auto& lane : lanes_) {
    if (!lane.waiting.empty()) lanes.push_back(&lane);
  }
  // The one that waits longest first, so that a busy source does not keep a quiet one waiting.
  std::ranges::stable_sort(lanes, {},
                           [](const Lane* lane) { return lane->waiting.front()->arrived; });
  Shares shares;
  std::int64_t rows = 0;
  std::uint64_t bytes = 0;
  for (const auto* lane : lanes) {
    Share share{lane->source, {}};
    for (const auto& each : lane->waiting) {
      if (rows >= parts_.flush.rows || bytes >= parts_.flush.bytes) break;
      rows += RowsOf(*each);
      bytes += BytesOf(*each);
      share.rows.push_back(each);
    }
    if (!share.rows.empty()) shares.push_back(std::move(share));
  }
  return shares;
}

Status TablePipeline::FlushOnce(const Deadline& deadline) {
  auto shares = TakeShares();
  if (shares.empty()) return {};
  parts_.kills.Reach(kill_points::kBeforeFlush);
  const auto snapshot = TRY(parts_.rows.Refresh(deadline));
  const auto schema = Adopt(snapshot);
  for (const auto& share : shares) TRY(CheckKeepsPosition(*share.source, *snapshot));
  DropKnown(shares, snapshot);
  TRY(Load(shares, schema));
  if (shares.empty()) return {};
  TRY(CommitRejected(shares, snapshot->metadata().schema_text, deadline));
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  Positions positions;
  for (const auto& share : shares) {
    positions[share.source->app_id()] = share.rows.back()->position;
    for (const auto& rows : share.rows) {
      batches.insert(batches.end(), rows->decoded->batches.begin(), rows->decoded->batches.end());
    }
  }
  TRY(parts_.rows.Append(snapshot, batches, positions, deadline));
  for (const auto& share : shares) {
    const auto position = share.rows.back()->position;
    DropUntil(*share.source, position);
    share.source->Committed(position);
  }
  return {};
}

/// Take out what the table has already: a commit of ours whose answer was lost, or, for a Kafka
/// partition, one of another writer that owned it before.
void TablePipeline::DropKnown(Shares& shares, const delta::SnapshotPtr& snapshot) {
  for (auto& share : shares) {
    const auto known = share.source->KnownIn(*snapshot);
    if (known.has_value()) {
      std::erase_if(share.rows, [&](const auto& rows) { return rows->position <= *known; });
      DropUntil(*share.source, *known);
      share.source->Committed(*known);
    }
    if (share.rows.empty() || !share.source->gapless()) continue;
    // Part of the first is in the table, since whoever wrote it had cut the messages elsewhere; or
    // rows before or between were dropped, for a reason that this process had.
    const auto start = known.has_value() ? *known : BeginOf(*share.source);
    if (!Follow(share.rows, start)) Restart(share, start);
  }
}

void TablePipeline::DropUntil(const RowSource& source, std::int64_t position) {
  std::lock_guard lock(mutex_);
  auto& waiting = LaneOf(source).waiting;
  while (!waiting.empty() && waiting.front()->position <= position) {
    const auto& rows = *waiting.front();
    rows_ -= RowsOf(rows);
    bytes_ -= BytesOf(rows);
    waiting.pop_front();
  }
}

/// Drop all rows of a source that keeps none, and let it give them again from `position` on.
void TablePipeline::Restart(Share& share, std::int64_t position) {
  share.rows.clear();
  DropUntil(*share.source, INT64_MAX);
  share.source->Restart(position);
}

/// Make sure that the rows of `shares` are there, decoded for `schema`. Those past the limit of one
/// commit are left out: only now it is known what rows take that were not kept in memory.
Status TablePipeline::Load(Shares& shares, const std::shared_ptr<const columnar::Schema>& schema) {
  std::uint64_t loaded = 0;
  for (auto& share : shares) TRY(LoadShare(share, schema, loaded));
  std::erase_if(shares, [](const Share& share) { return share.rows.empty(); });
  return {};
}

Status TablePipeline::LoadShare(Share& share, const std::shared_ptr<const columnar::Schema>& schema,
                                std::uint64_t& loaded) {
  Lease lease;
  for (std::size_t i = 0; i < share.rows.size(); ++i) {
    if (loaded >= parts_.flush.decoded_bytes_max) {
      share.rows.resize(i);
      return {};
    }
    auto& rows = *share.rows[i];
    if (rows.decoded == nullptr || rows.schema != schema) {
      auto read = LoadRows(share, rows, schema, lease);
      if (!read.has_value() && read.error().kind == ErrorKind::kNotFound &&
          share.source->gapless()) {
        Restart(share, share.rows.front()->first);
        return {};
      }
      TRY(read);
    }
    loaded += rows.decoded->bytes;
  }
  return {};
}

/// Read `rows` from their source again.
/// \errors kNotFound  a source that keeps none; it gives them again after a restart
Status TablePipeline::LoadRows(Share& share, PendingRows& rows,
                               const std::shared_ptr<const columnar::Schema>& schema,
                               Lease& lease) {
  if (lease.decoder == nullptr) {
    lease = {TRY(Decoder::Make(*schema, parts_.unknown)), schema};
  }
  auto decoded = share.source->Reload(rows, *lease.decoder);
  if (!decoded.has_value() && decoded.error().kind == ErrorKind::kNotFound &&
      !share.source->gapless()) {
    // Acknowledged, and not where they were kept: never to be passed over in silence.
    return Fail(ErrorKind::kCorruption,
                "acknowledged rows of table " + name_ + ": " + Describe(decoded.error()));
  }
  auto kept = Keep(TRY(std::move(decoded)));
  std::lock_guard lock(mutex_);
  rows.decoded = std::move(kept);
  rows.schema = schema;
  return {};
}

/// Commit the dead letters of `shares`, before the rows beside them: the table's own position goes
/// last, so that a crash in between brings both back, and what is in already is left out.
Status TablePipeline::CommitRejected(const Shares& shares, const std::string& schema_text,
                                     const Deadline& deadline) {
  const auto any = std::ranges::any_of(shares, [](const Share& share) {
    return std::ranges::any_of(share.rows,
                               [](const auto& rows) { return !rows->decoded->rejected.empty(); });
  });
  if (!any) return {};
  const auto snapshot = TRY(parts_.dead_letters.Refresh(deadline));
  DeadLetterBatch batch;
  Positions positions;
  for (const auto& share : shares) {
    const auto app_id = DeadLetterAppId(*share.source, schema_text, parts_.unknown);
    const auto known = snapshot->transaction(app_id).value_or(INT64_MIN);
    const auto before = batch.rows();
    for (const auto& rows : share.rows) {
      for (const auto& row : rows->decoded->rejected) {
        const bool is_in =
            share.source->After(*rows, row) <= known || rows->letters.contains(LetterOf(row));
        if (!is_in) batch.Add(name_, *share.source, *rows, row);
      }
    }
    if (batch.rows() > before) positions[app_id] = share.rows.back()->position;
  }
  if (batch.rows() == 0) return {};
  parts_.kills.Reach(kill_points::kBeforeDeadLetterCommit);
  TRY(parts_.dead_letters.Append(snapshot, {TRY(batch.Finish())}, positions, deadline));
  parts_.kills.Reach(kill_points::kAfterDeadLetterCommit);
  for (const auto& share : shares) {
    for (const auto& rows : share.rows) {
      for (const auto& row : rows->decoded->rejected) rows->letters.insert(LetterOf(row));
    }
  }
  return {};
}

}  // namespace neuralake::ingest
