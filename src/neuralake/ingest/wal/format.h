#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "neuralake/base/error.h"

namespace neuralake::ingest {

/// The number of a record in the log: 1 for the first ever, each record adds one. It orders rows of
/// all tables and is what a table's `txn` carries.
using Lsn = std::int64_t;

/// The first block of a segment file; records follow it.
struct SegmentHeader {
  std::string log_id;        ///< A UUID: the log's identity for all its life.
  std::uint64_t number = 0;  ///< Of the segment; each adds one.
  Lsn first_lsn = 1;         ///< Of its first record.
  std::uint64_t previous_end =
      0;  ///< Where the records of the segment before end; 0 for the first.
  /// The size of the file: it is made whole, so a shorter one was cut. 0 in format 1, which does
  /// not say.
  std::uint64_t bytes = 0;
  std::uint64_t seed = 0;  ///< Mixed into checksums, so that old bytes on disk never match.
};

/// The size of the header block: one disk page, so that records never share a sector with it.
inline constexpr std::uint64_t kSegmentHeaderBytes = 4096;

std::string EncodeSegmentHeader(const SegmentHeader& header);

/// \errors kCorruption  not a segment of this format, or damaged
Result<SegmentHeader> DecodeSegmentHeader(std::string_view block);

/// What stands before each payload.
struct RecordHeader {
  std::uint32_t payload_bytes = 0;
  Lsn lsn = 0;
  /// The last record that was known to be on disk when this one was written. What lies up to it
  /// was acknowledged: damage there is corruption, never a torn tail.
  Lsn durable_lsn = 0;
  std::uint64_t payload_hash = 0;  ///< XXH3 of the payload.
};

inline constexpr std::uint64_t kRecordHeaderBytes = 40;

/// The header as it stands on disk, checksummed with the segment's `seed`.
std::string EncodeRecordHeader(const RecordHeader& header, std::uint64_t seed);

/// The header at the start of `bytes`; nothing where there is none.
bool DecodeRecordHeader(std::string_view bytes, std::uint64_t seed, RecordHeader& header);

/// XXH3, 64 bits.
std::uint64_t HashPayload(std::string_view payload);

/// The bytes a record takes in a segment: header, payload, padding to eight.
constexpr std::uint64_t RecordBytes(std::uint64_t payload_bytes) {
  return (kRecordHeaderBytes + payload_bytes + 7) & ~std::uint64_t{7};
}

/// `wal-000000000000002a.log`
std::string SegmentName(std::uint64_t number);

/// The number in a segment's name; false for other names.
bool ParseSegmentName(std::string_view name, std::uint64_t& number);

}  // namespace neuralake::ingest
