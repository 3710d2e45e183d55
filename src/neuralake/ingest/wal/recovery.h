#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/ingest/wal/folder.h"
#include "neuralake/ingest/wal/format.h"

namespace neuralake::ingest {

/// Where a record lies.
struct WalEntry {
  Lsn lsn = 0;
  std::uint64_t segment = 0;        ///< The number of its segment.
  std::uint64_t offset = 0;         ///< Of its header in the segment's file.
  std::uint32_t payload_bytes = 0;  ///< Without header and padding.
};

/// One segment file of a log.
struct Segment {
  SegmentHeader header;
  std::uint64_t bytes = 0;  ///< The size of the file.
  std::uint64_t end = 0;    ///< Where its synced records end.
  Lsn last_lsn = 0;         ///< Of its last synced record; `first_lsn - 1` without one.
  std::shared_ptr<LogFile> file;
};

/// What a log folder holds: its segments in order; none in a new folder.
struct RecoveredLog {
  std::vector<Segment> segments;
  /// What was found that an orderly end does not leave, and what became of it: a sentence each.
  std::vector<std::string> mended;
};

/// Called for each record of a log, in order.
using ReplayRecord = std::function<Status(const WalEntry&, std::string_view payload)>;

/// Read a log folder, cut the torn tail of a crash, and remove what a crash left half made.
///
/// Afterwards all that was found is synced, and appending may go on at the end of the last segment:
/// what follows it is zero.
/// \errors kCorruption  damage to synced records or a missing segment; names file and offset
///         and whatever the disk or `replay` says
Result<RecoveredLog> RecoverLog(LogFolder& folder, const ReplayRecord& replay);

}  // namespace neuralake::ingest
