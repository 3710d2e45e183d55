#include "neuralake/ingest/wal/scan.h"

#include <algorithm>

#include <fmt/format.h>

namespace neuralake::ingest {

namespace {

std::unexpected<Error> Damaged(std::string_view name, std::uint64_t offset, std::string_view what) {
  return Fail(ErrorKind::kCorruption,
              fmt::format("log file {} is damaged at byte {}: {}", name, offset, what));
}

/// The record at `offset`, when it is whole and the one that must come there.
std::optional<ScannedRecord> RecordAt(std::string_view bytes, std::uint64_t offset,
                                      const SegmentHeader& segment, Lsn expected) {
  RecordHeader header;
  if (offset > bytes.size() || !DecodeRecordHeader(bytes.substr(offset), segment.seed, header) ||
      header.lsn != expected) {
    return std::nullopt;
  }
  const auto rest = bytes.substr(offset + kRecordHeaderBytes);
  if (rest.size() < header.payload_bytes) return std::nullopt;
  const auto payload = rest.substr(0, header.payload_bytes);
  if (HashPayload(payload) != header.payload_hash) return std::nullopt;
  return ScannedRecord{header.lsn, offset, payload};
}

/// Where a record behind `offset` says that `lsn` was on disk before it was written.
std::optional<std::uint64_t> ProofOfSync(std::string_view bytes, std::uint64_t offset,
                                         std::uint64_t seed, Lsn lsn) {
  RecordHeader header;
  for (auto at = (offset + 8) & ~std::uint64_t{7}; at + kRecordHeaderBytes <= bytes.size();
       at += 8) {
    if (DecodeRecordHeader(bytes.substr(at), seed, header) && header.durable_lsn >= lsn) return at;
  }
  return std::nullopt;
}

bool HasBytes(std::string_view bytes, std::uint64_t from) {
  return from < bytes.size() &&
         std::ranges::any_of(bytes.substr(from), [](char c) { return c != '\0'; });
}

}  // namespace

Result<SegmentScan> ScanSegment(std::string_view bytes, std::string_view name,
                                std::optional<std::uint64_t> end,
                                const std::function<Status(const ScannedRecord&)>& visit) {
  auto header = DecodeSegmentHeader(bytes);
  if (!header.has_value())
    return Annotate(std::move(header).error(), fmt::format("log file {}", name));
  if (bytes.size() < header->bytes) {
    return Damaged(name, bytes.size(),
                   fmt::format("it ends there, and was made {} bytes long", header->bytes));
  }
  SegmentScan scan{.header = *std::move(header), .end = kSegmentHeaderBytes};
  scan.last_lsn = scan.header.first_lsn - 1;
  while (!end.has_value() || scan.end < *end) {
    const auto record = RecordAt(bytes, scan.end, scan.header, scan.last_lsn + 1);
    if (!record.has_value()) break;
    TRY(visit(*record));
    scan.last_lsn = record->lsn;
    scan.end += RecordBytes(record->payload.size());
  }
  if (end.has_value()) {
    if (scan.end == *end) return scan;
    return Damaged(name, scan.end,
                   fmt::format("record {} is not whole, but records go on to byte {}",
                               scan.last_lsn + 1, *end));
  }
  const auto proof = ProofOfSync(bytes, scan.end, scan.header.seed, scan.last_lsn + 1);
  if (proof.has_value()) {
    return Damaged(
        name, scan.end,
        fmt::format("record {} was synced before the one at byte {}", scan.last_lsn + 1, *proof));
  }
  scan.torn = HasBytes(bytes, scan.end);
  return scan;
}

}  // namespace neuralake::ingest
