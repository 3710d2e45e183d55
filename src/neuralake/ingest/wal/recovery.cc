#include "neuralake/ingest/wal/recovery.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "neuralake/ingest/wal/scan.h"

namespace neuralake::ingest {

namespace {

/// The numbers of all segments, in order; files that never became part of the log go.
Result<std::vector<std::uint64_t>> SegmentNumbers(LogFolder& folder,
                                                  std::vector<std::string>& mended) {
  std::vector<std::uint64_t> numbers;
  std::string other;
  for (const auto& name : TRY(folder.List())) {
    std::uint64_t number = 0;
    if (ParseSegmentName(name, number)) {
      numbers.push_back(number);
      continue;
    }
    if (other.empty() && name != LogFolder::kLockName) other = name;
    if (name.ends_with(".tmp")) TRY(folder.Remove(name));
  }
  if (numbers.empty() && !other.empty()) {
    mended.push_back(
        fmt::format("there is no log file, but {}, which an earlier process left: it was "
                    "ended as it began, or somebody removed the log, and with it the "
                    "rows that no table had yet; a new log begins",
                    other));
  }
  std::ranges::sort(numbers);
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    if (numbers[i] != numbers[i - 1] + 1) {
      return Fail(ErrorKind::kCorruption,
                  fmt::format("log file {} is missing: {} is there",
                              SegmentName(numbers[i - 1] + 1), SegmentName(numbers[i])));
    }
  }
  return numbers;
}

/// Where the records of a segment end, as the next one's header says.
Result<std::uint64_t> EndBefore(LogFolder& folder, std::uint64_t number) {
  auto file = TRY(folder.OpenFile(SegmentName(number)));
  auto header = DecodeSegmentHeader(TRY(file->Read(0, kSegmentHeaderBytes)));
  if (!header.has_value()) {
    return Annotate(std::move(header).error(), "log file " + SegmentName(number));
  }
  return header->previous_end;
}

/// Put zeros over what a crash left behind the records, so that it can never be taken for records
/// once new ones are written before it.
Status Wipe(Segment& segment, std::string_view bytes) {
  const auto last = bytes.find_last_not_of('\0');
  const std::string zeros(last + 1 - segment.end, '\0');
  const std::string_view part = zeros;
  TRY(segment.file->Write(segment.end, {&part, 1}));
  return segment.file->Sync();
}

Status CheckFollows(const Segment& before, const Segment& segment) {
  if (segment.header.log_id != before.header.log_id ||
      segment.header.first_lsn <= before.last_lsn) {
    return Fail(
        ErrorKind::kCorruption,
        fmt::format("log file {} begins with record {} of log {}, after record {} of log {}",
                    SegmentName(segment.header.number), segment.header.first_lsn,
                    segment.header.log_id, before.last_lsn, before.header.log_id));
  }
  return {};
}

}  // namespace

Result<RecoveredLog> RecoverLog(LogFolder& folder, const ReplayRecord& replay) {
  RecoveredLog log;
  const auto numbers = TRY(SegmentNumbers(folder, log.mended));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto name = SegmentName(numbers[i]);
    std::optional<std::uint64_t> end;
    if (i + 1 < numbers.size()) end = TRY(EndBefore(folder, numbers[i + 1]));
    Segment segment;
    segment.bytes = TRY(folder.Size(name));
    segment.file = TRY(folder.OpenFile(name));
    const auto bytes = TRY(segment.file->Read(0, segment.bytes));
    auto scan = TRY(ScanSegment(bytes, name, end, [&](const ScannedRecord& record) {
      return replay({.lsn = record.lsn,
                     .segment = numbers[i],
                     .offset = record.offset,
                     .payload_bytes = static_cast<std::uint32_t>(record.payload.size())},
                    record.payload);
    }));
    segment.header = std::move(scan.header);
    segment.end = scan.end;
    segment.last_lsn = scan.last_lsn;
    if (!log.segments.empty()) TRY(CheckFollows(log.segments.back(), segment));
    if (scan.torn) {
      log.mended.push_back(
          fmt::format("log file {} holds no whole record behind number {}: what "
                      "begins at byte {} was not finished, and was cut off",
                      name, segment.last_lsn, segment.end));
      TRY(Wipe(segment, bytes));
    }
    log.segments.push_back(std::move(segment));
  }
  // A process that was killed between writing and syncing leaves records, and the name of their
  // segment, to the kernel alone. From here on they count as synced.
  if (!log.segments.empty()) TRY(log.segments.back().file->Sync());
  TRY(folder.Sync());
  return log;
}

}  // namespace neuralake::ingest
