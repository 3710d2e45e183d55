#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "neuralake/base/kill_switch.h"

namespace neuralake::maintain {

/// What the planner knows of a live file. `number` is its number in the snapshot.
struct FileFacts {
  std::uint32_t number = 0;
  std::string partition;               ///< Any text that is the same for files of one partition.
  std::int64_t size = 0;               ///< Bytes.
  std::int64_t modification_time = 0;  ///< Milliseconds since 1970 UTC.
  double deleted_share = 0;            ///< Deleted rows over rows, 0..1.
};

struct CompactionOptions {
  std::int64_t target_bytes = 128LL << 20;  ///< Size of the merged files.
  std::size_t files_min = 4;                ///< Leave a partition alone with fewer small files.
  std::int64_t newest = INT64_MAX;          ///< Files modified after it are too young, in ms.

  /// Steps `compact.planned`, `compact.after_write`, `compact.after_commit`; outlives the round.
  KillSwitch* kill_switch = &KillSwitch::Off();
};

/// Files of one partition that become one file.
struct Rewrite {
  std::vector<std::uint32_t> files;  ///< Their numbers, in order; at least one.
  std::int64_t bytes = 0;            ///< Sum of their sizes.
};

/// Which files to merge: small ones bin-packed by partition up to the target, in the order in which
/// they were written, and those with many deleted rows. Files that are good already are left alone,
/// so that a second run on an unchanged table plans nothing. So is a file that is larger than all
/// smaller ones together: a row is rewritten only into a file of twice the size, that is a few
/// times in its life, however often small files come.
std::vector<Rewrite> PlanCompaction(std::span<const FileFacts> files,
                                    const CompactionOptions& options);

}  // namespace neuralake::maintain
