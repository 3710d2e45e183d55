#include "neuralake/ingest/wal/write_ahead_log.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "neuralake/base/check.h"
#include "neuralake/base/uuid.h"
#include "neuralake/ingest/kill_points.h"

namespace neuralake::ingest {

/// What one sync makes durable: the records that fit the current segment, from the front.
struct WriteAheadLog::Group {
  std::size_t records = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> headers;
  std::vector<std::string_view> parts;
  std::vector<WalEntry> entries;
};

namespace {

/// What a failing disk means to those whose records are not on it: a folder that is gone or may not
/// be written to is not something that they asked for.
Error ForOwners(Error error) {
  if (error.kind != ErrorKind::kResourceExhausted) error.kind = ErrorKind::kUnavailable;
  return error;
}

}  // namespace

Result<std::unique_ptr<WriteAheadLog>> WriteAheadLog::Open(std::shared_ptr<LogFolder> folder,
                                                           const WalOptions& options,
                                                           KillSwitch& kills, Rng& rng,
                                                           const ReplayRecord& replay) {
  if (options.segment_bytes < kSegmentBytesMin || options.segment_bytes % 8 != 0 ||
      options.bytes_max < 2 * options.segment_bytes) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("a log of {} bytes in segments of {}: segments are {} or more, a "
                            "multiple of 8, and at least two must fit",
                            options.bytes_max, options.segment_bytes, kSegmentBytesMin));
  }
  auto recovered = TRY(RecoverLog(*folder, replay));
  std::unique_ptr<WriteAheadLog> log(
      new WriteAheadLog(std::move(folder), options, kills, rng, std::move(recovered)));
  if (log->active_ == nullptr) TRY(log->Rotate());
  log->thread_ = std::thread([raw = log.get()] { raw->Run(); });
  return log;
}

WriteAheadLog::WriteAheadLog(std::shared_ptr<LogFolder> folder, const WalOptions& options,
                             KillSwitch& kills, Rng& rng, RecoveredLog recovered)
    : folder_(std::move(folder)),
      options_(options),
      kills_(kills),
      rng_(rng),
      id_(recovered.segments.empty() ? RandomUuid(rng) : recovered.segments.back().header.log_id),
      supply_(*folder_, options.segment_bytes) {
  mended_ = std::move(recovered.mended);
  for (auto& segment : recovered.segments) {
    segments_.push_back(std::make_unique<Segment>(std::move(segment)));
    active_ = segments_.back().get();
    durable_lsn_ = active_->last_lsn;
  }
}

WriteAheadLog::~WriteAheadLog() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  arrived_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Status WriteAheadLog::Append(std::string payload, Done done) {
  const auto room = options_.segment_bytes - kSegmentHeaderBytes;
  if (RecordBytes(payload.size()) > room) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("a record of {} bytes does not fit a log segment of {}", payload.size(),
                            options_.segment_bytes));
  }
  const auto hash = HashPayload(payload);
  {
    std::lock_guard lock(mutex_);
    if (closing_ || waiting_.size() >= kAppendQueueMax) {
      return Fail(ErrorKind::kResourceExhausted,
                  fmt::format("{} requests wait for the log", waiting_.size()));
    }
    waiting_.push_back({std::move(payload), hash, std::move(done)});
  }
  arrived_.notify_one();
  return {};
}

void WriteAheadLog::Run() {
  for (;;) {
    auto waiting = TakeWaiting();
    if (waiting.empty()) return;
    for (std::span<Waiting> rest = waiting; !rest.empty();) rest = rest.subspan(WriteGroup(rest));
  }
}

/// All that wait; none when the log closes.
std::vector<WriteAheadLog::Waiting> WriteAheadLog::TakeWaiting() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return closing_ || !waiting_.empty(); });
  return std::exchange(waiting_, {});
}

/// Make the first of `waiting` durable and tell their owners; returns how many were told.
std::size_t WriteAheadLog::WriteGroup(std::span<Waiting> waiting) {
  auto group = MakeGroup(waiting);
  if (group.records == 0 || NeedsNextSegment()) {
    if (auto rotated = Rotate(); !rotated.has_value()) {
      FailAll(waiting, ForOwners(std::move(rotated).error()));
      return waiting.size();
    }
    group = MakeGroup(waiting);
  }
  const auto told = waiting.first(group.records);
  if (auto put = PutGroup(group); !put.has_value()) {
    auto error = ForOwners(std::move(put).error());
    if (!Undo(error).has_value()) error.kind = ErrorKind::kUnknownOutcome;
    FailAll(told, error);
    return told.size();
  }
  for (std::size_t i = 0; i < told.size(); ++i) told[i].done(group.entries[i]);
  return told.size();
}

bool WriteAheadLog::NeedsNextSegment() const {
  std::lock_guard lock(mutex_);
  return active_ended_ || skip_to_ > active_->last_lsn;
}

WriteAheadLog::Group WriteAheadLog::MakeGroup(std::span<Waiting> waiting) const {
  static constexpr char kPadding[8] = {};
  const auto& segment = *active_;
  Group group;
  group.headers.reserve(waiting.size());
  auto lsn = segment.last_lsn;
  for (const auto& each : waiting) {
    const auto bytes = RecordBytes(each.payload.size());
    const auto offset = segment.end + group.bytes;
    if (offset + bytes > segment.bytes) break;
    if (group.records > 0 && group.bytes + bytes > kGroupBytesMax) break;
    const auto size = static_cast<std::uint32_t>(each.payload.size());
    group.headers.push_back(
        EncodeRecordHeader({size, ++lsn, segment.last_lsn, each.hash}, segment.header.seed));
    group.parts.push_back(group.headers.back());
    group.parts.push_back(each.payload);
    group.parts.emplace_back(kPadding, bytes - kRecordHeaderBytes - size);
    group.entries.push_back({lsn, segment.header.number, offset, size});
    group.bytes += bytes;
    ++group.records;
  }
  return group;
}

/// Write, sync, and move the end behind the group.
Status WriteAheadLog::PutGroup(const Group& group) {
  auto& segment = *active_;
  kills_.Reach(kill_points::kBeforeLogWrite);
  TRY(segment.file->Write(segment.end, group.parts));
  kills_.Reach(kill_points::kAfterLogWrite);
  TRY(segment.file->Sync());
  kills_.Reach(kill_points::kAfterLogSync);
  std::lock_guard lock(mutex_);
  segment.end += group.bytes;
  segment.last_lsn = group.entries.back().lsn;
  durable_lsn_ = segment.last_lsn;
  return {};
}

void WriteAheadLog::FailAll(std::span<Waiting> waiting, const Error& error) {
  for (auto& each : waiting) each.done(std::unexpected(error));
}

/// Take back a group that was not synced: the next segment says where this one ends.
Status WriteAheadLog::Undo(Error& error) {
  active_ended_ = true;
  auto rotated = Rotate();
  if (!rotated.has_value()) error.message += "; then " + rotated.error().message;
  return rotated;
}

/// Close the current segment at its synced end and begin the next.
Status WriteAheadLog::Rotate() {
  SegmentHeader header{.log_id = id_, .bytes = options_.segment_bytes, .seed = rng_.Next()};
  if (active_ != nullptr) {
    header.number = active_->header.number + 1;
    header.previous_end = active_->end;
    std::lock_guard lock(mutex_);
    header.first_lsn = std::max(active_->last_lsn, skip_to_) + 1;
  }
  if (const auto now = state(); now.bytes + options_.segment_bytes > options_.bytes_max) {
    return Fail(ErrorKind::kResourceExhausted,
                fmt::format("the log is full: {} of {} bytes wait for their commit", now.bytes,
                            options_.bytes_max));
  }
  auto blank = TRY(supply_.Take());
  if (auto joined = Join(blank, header); !joined.has_value()) {
    // As far as the disk can: the next attempt takes another.
    (void)folder_->Remove(blank.name);
    return joined;
  }
  std::lock_guard lock(mutex_);
  segments_.push_back(std::make_unique<Segment>(Segment{.header = header,
                                                        .bytes = options_.segment_bytes,
                                                        .end = kSegmentHeaderBytes,
                                                        .last_lsn = header.first_lsn - 1,
                                                        .file = std::move(blank.file)}));
  active_ = segments_.back().get();
  active_ended_ = false;
  return {};
}

/// Make `blank` the segment that `header` describes.
Status WriteAheadLog::Join(const SegmentSupply::Blank& blank, const SegmentHeader& header) {
  const auto block = EncodeSegmentHeader(header);
  const std::string_view part = block;
  TRY(blank.file->Write(0, {&part, 1}));
  TRY(blank.file->Sync());
  kills_.Reach(kill_points::kBeforeLogRotate);
  // Also when this fails the new name may be there, and with it the word where the segment before
  // ends: a record behind that would not be found again.
  active_ended_ = true;
  TRY(folder_->Rename(blank.name, SegmentName(header.number)));
  kills_.Reach(kill_points::kAfterLogRotate);
  return {};
}

Result<std::string> WriteAheadLog::Read(const WalEntry& entry) const {
  std::shared_ptr<LogFile> file;
  std::uint64_t seed = 0;
  {
    std::lock_guard lock(mutex_);
    for (const auto& segment : segments_) {
      if (segment->header.number != entry.segment) continue;
      file = segment->file;
      seed = segment->header.seed;
    }
  }
  const auto name = SegmentName(entry.segment);
  if (file == nullptr) return Fail(ErrorKind::kNotFound, "log file " + name + " is gone");
  auto bytes = TRY(file->Read(entry.offset, kRecordHeaderBytes + entry.payload_bytes));
  RecordHeader header;
  const bool whole = DecodeRecordHeader(bytes, seed, header) && header.lsn == entry.lsn &&
                     bytes.size() == kRecordHeaderBytes + header.payload_bytes;
  bytes.erase(0, kRecordHeaderBytes);
  if (!whole || HashPayload(bytes) != header.payload_hash) {
    return Fail(ErrorKind::kCorruption, fmt::format("log file {} is damaged at byte {}: record {}",
                                                    name, entry.offset, entry.lsn));
  }
  return bytes;
}

Status WriteAheadLog::RemoveClosed(const std::function<Lsn()>& first_needed,
                                   const std::function<Status(const SegmentSpan&)>& before_remove) {
  std::lock_guard removing(removing_);
  while (const auto oldest = OldestClosed()) {
    // In this order: what was needed before the segment was closed says nothing of the records that
    // came into it since.
    if (oldest->last_lsn >= first_needed()) break;
    TRY(before_remove(*oldest));
    TRY(RemoveOldest());
  }
  return {};
}

/// The oldest segment when it is not the current one. The owners of its records were told, since
/// the log's thread goes on to the next segment only after that.
std::optional<SegmentSpan> WriteAheadLog::OldestClosed() const {
  std::lock_guard lock(mutex_);
  if (segments_.size() < 2) return std::nullopt;
  const auto& oldest = *segments_.front();
  return SegmentSpan{oldest.header.number, oldest.header.first_lsn, oldest.last_lsn};
}

Status WriteAheadLog::RemoveOldest() {
  std::string name;
  {
    std::lock_guard lock(mutex_);
    NL_CHECK(segments_.size() >= 2);
    name = SegmentName(segments_.front()->header.number);
  }
  kills_.Reach(kill_points::kBeforeLogRemove);
  TRY(folder_->Remove(name));
  kills_.Reach(kill_points::kAfterLogRemove);
  std::lock_guard lock(mutex_);
  segments_.erase(segments_.begin());
  return {};
}

void WriteAheadLog::SkipTo(Lsn lsn) {
  std::lock_guard lock(mutex_);
  skip_to_ = std::max(skip_to_, lsn);
}

WalState WriteAheadLog::state() const {
  std::lock_guard lock(mutex_);
  WalState state{.bytes_max = options_.bytes_max,
                 .segments = segments_.size(),
                 .waiting = waiting_.size(),
                 .durable_lsn = durable_lsn_};
  for (const auto& segment : segments_) state.bytes += segment->bytes;
  return state;
}

}  // namespace neuralake::ingest
