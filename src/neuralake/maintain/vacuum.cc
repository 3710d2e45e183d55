#include "neuralake/maintain/vacuum.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "neuralake/base/thread_pool.h"
#include "neuralake/delta/interval.h"
#include "neuralake/maintain/limits.h"

namespace neuralake::maintain {
namespace {

/// Those of `files` that are there, with their true sizes. An earlier vacuum deleted the others.
Result<std::vector<DoomedFile>> Present(storage::ObjectStore& store, std::vector<DoomedFile> files,
                                        ThreadPool& pool, const Deadline& deadline) {
  std::vector<char> there(files.size(), 0);
  TRY(pool.ForEach(files.size(), [&](std::size_t i) -> Status {
    const auto info = store.Head(files[i].key, deadline);
    if (info.has_value()) {
      there[i] = 1;
      files[i].bytes = static_cast<std::int64_t>(info->size);
      return {};
    }
    if (info.error().kind == ErrorKind::kNotFound) return {};
    return std::unexpected(info.error());
  }));
  std::vector<DoomedFile> present;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (there[i] != 0) present.push_back(std::move(files[i]));
  }
  return present;
}

Result<std::vector<DoomedFile>> Plan(storage::ObjectStore& store, const delta::Snapshot& snapshot,
                                     const VacuumOptions& options, WallTime horizon,
                                     ThreadPool& pool, const Deadline& deadline) {
  if (options.mode == VacuumMode::kLog) {
    return Present(store, TRY(PlanLogVacuum(snapshot, horizon, options.since)), pool, deadline);
  }
  const auto listed = TRY(storage::ListAll(store, {}, deadline));
  return PlanFullVacuum(snapshot, listed, horizon);
}

std::string Hours(std::chrono::milliseconds time) {
  return fmt::format("{:.4g} hours", static_cast<double>(time.count()) / 3'600'000);
}

Result<std::chrono::milliseconds> RetentionOf(const delta::Metadata& metadata,
                                              const VacuumOptions& options) {
  constexpr std::string_view kProperty = "delta.deletedFileRetentionDuration";
  const auto tables = delta::TombstoneRetention(metadata);
  if (!options.exact_retention) {
    const bool says = metadata.configuration.contains(kProperty);
    return says ? std::max(options.retention, tables) : options.retention;
  }
  if (*options.exact_retention >= tables || options.allow_shorter) return *options.exact_retention;
  return Fail(ErrorKind::kInvalid,
              fmt::format("a retention of {} is shorter than the table's {} ({}): readers of older "
                          "versions and writers that run now would lose files; allow it by "
                          "--allow-shorter-retention",
                          Hours(*options.exact_retention), Hours(tables), kProperty));
}

}  // namespace

Result<VacuumReport> Vacuum(delta::Table& table, const VacuumOptions& options,
                            const Deadline& deadline) {
  const auto snapshot = TRY(table.Latest(deadline));
  TRY(delta::CheckWritable(snapshot->protocol(), snapshot->metadata()));
  VacuumReport report;
  report.horizon = deadline.clock().Now() - TRY(RetentionOf(snapshot->metadata(), options));
  ThreadPool pool(kDeletesParallel);
  report.files = TRY(Plan(*table.store(), *snapshot, options, report.horizon, pool, deadline));
  for (const auto& file : report.files) report.bytes += file.bytes;
  if (options.plan_only) return report;
  TRY(pool.ForEach(report.files.size(), [&](std::size_t i) -> Status {
    TRY(deadline.Check("vacuum"));
    return table.store()->Delete(report.files[i].key, deadline);
  }));
  return report;
}

}  // namespace neuralake::maintain
