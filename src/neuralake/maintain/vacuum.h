#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/table.h"
#include "neuralake/maintain/vacuum_plan.h"

namespace neuralake::maintain {

struct VacuumOptions {
  VacuumMode mode = VacuumMode::kLog;
  std::chrono::milliseconds retention = std::chrono::hours(24 * 7);
  bool plan_only = false;
};

struct VacuumReport {
  std::vector<std::string> keys;  ///< Deleted, or to be deleted with `plan_only`.
};

/// Delete files that no version within the retention needs.
///
/// The table's own `delta.deletedFileRetentionDuration`, when it says more, wins over
/// `VacuumOptions::retention`. Reads nothing but the log (and, in full mode, one listing).
/// \errors kUnsupported  the table has a writer feature that this build lacks
/// \threads one thread a table
Result<VacuumReport> Vacuum(delta::Table& table, const VacuumOptions& options,
                            const Deadline& deadline);

}  // namespace neuralake::maintain
