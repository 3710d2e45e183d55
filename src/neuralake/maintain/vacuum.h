#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/table.h"
#include "neuralake/maintain/vacuum_plan.h"

namespace neuralake::maintain {

struct VacuumOptions {
  VacuumMode mode = VacuumMode::kLog;
  /// Keep removed files so long, or as long as the table says when that is longer.
  std::chrono::milliseconds retention = std::chrono::hours(24 * 7);
  /// Keep them exactly so long; refused when the table says longer, unless `allow_shorter`.
  std::optional<std::chrono::milliseconds> exact_retention = {};
  /// Readers of older versions, and writers that run now, may then lose files that they need: also
  /// files younger than `kUncommittedAgeMin` that no commit names yet are deleted.
  bool allow_shorter = false;
  bool plan_only = false;
  /// From the log alone: the horizon of the vacuum before, when it was completed.
  WallTime since = WallTime::min();
};

struct VacuumReport {
  WallTime horizon{};             ///< What was removed before it is gone.
  std::vector<DoomedFile> files;  ///< Deleted, or to be deleted with `plan_only`.
  std::int64_t bytes = 0;         ///< Of those whose size is known.
  /// Full mode: commits and checkpoints that are past the log's own retention.
  std::vector<DoomedFile> log_files;
};

/// Delete files that no version within the retention needs; in full mode also those of the log
/// itself, see `PlanLogCleanup`.
///
/// Reads nothing but the log (and, in full mode, one listing). The table says how long by
/// `delta.deletedFileRetentionDuration`; a week when it does not. That is also how long its log
/// remembers removed files: a longer retention takes older versions to see what they need.
/// \errors kInvalid      a retention shorter than the table's that was not allowed; one longer than
///                       the log reaches back, in full mode
///         kUnsupported  the table has a writer feature that this build lacks, by name
///         kCancelled    a stop was requested; what was deleted so far needed to go
/// \threads one thread a table
Result<VacuumReport> Vacuum(delta::Table& table, const VacuumOptions& options,
                            const Deadline& deadline);

}  // namespace neuralake::maintain
