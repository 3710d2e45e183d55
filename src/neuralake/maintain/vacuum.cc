#include "neuralake/maintain/vacuum.h"

#include <algorithm>

#include "neuralake/base/thread_pool.h"
#include "neuralake/delta/interval.h"
#include "neuralake/maintain/limits.h"

namespace neuralake::maintain {
namespace {

Result<std::vector<std::string>> Plan(delta::Table& table, const delta::Snapshot& snapshot,
                                      VacuumMode mode, WallTime horizon, const Deadline& deadline) {
  if (mode == VacuumMode::kLog) return PlanLogVacuum(snapshot, horizon);
  const auto listed = TRY(storage::ListAll(*table.store(), {}, deadline));
  return PlanFullVacuum(snapshot, listed, horizon);
}

/// The longer of what was asked for and what the table itself asks for.
std::chrono::milliseconds RetentionOf(const delta::Metadata& metadata,
                                      std::chrono::milliseconds asked) {
  if (!metadata.configuration.contains("delta.deletedFileRetentionDuration")) return asked;
  return std::max(asked, delta::TombstoneRetention(metadata));
}

}  // namespace

Result<VacuumReport> Vacuum(delta::Table& table, const VacuumOptions& options,
                            const Deadline& deadline) {
  const auto snapshot = TRY(table.Latest(deadline));
  TRY(delta::CheckWritable(snapshot->protocol(), snapshot->metadata()));
  const WallTime horizon =
      deadline.clock().Now() - RetentionOf(snapshot->metadata(), options.retention);
  VacuumReport report{TRY(Plan(table, *snapshot, options.mode, horizon, deadline))};
  if (options.plan_only) return report;
  ThreadPool pool(kDeletesParallel);
  TRY(pool.ForEach(report.keys.size(), [&](std::size_t i) -> Status {
    TRY(deadline.Check("vacuum"));
    return table.store()->Delete(report.keys[i], deadline);
  }));
  return report;
}

}  // namespace neuralake::maintain
