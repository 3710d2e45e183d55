#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/ingest/wal/format.h"

namespace neuralake::ingest {

/// One whole record of a segment.
struct ScannedRecord {
  Lsn lsn;
  std::uint64_t offset;      ///< Of the record's header in the file.
  std::string_view payload;  ///< Into the scanned bytes.
};

struct SegmentScan {
  SegmentHeader header;
  std::uint64_t end = 0;  ///< Where the whole records end: where the next one goes.
  Lsn last_lsn = 0;       ///< Of the last whole record; `first_lsn - 1` without one.
  bool torn = false;      ///< Whether something unfinished follows `end`.
};

/// Read all records of a segment.
///
/// \param bytes  the whole file
/// \param name   of the file, for messages
/// \param end    where the records must end, as the next segment says; nothing for the last one,
///               whose first bad record is the torn tail of a crash, unless a later record proves
///               that it had been synced
/// \errors kCorruption  damage to records that were synced; names file and offset
///         and whatever `visit` returns
Result<SegmentScan> ScanSegment(std::string_view bytes, std::string_view name,
                                std::optional<std::uint64_t> end,
                                const std::function<Status(const ScannedRecord&)>& visit);

}  // namespace neuralake::ingest
