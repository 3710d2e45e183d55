#include "neuralake/maintain/vacuum.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "neuralake/base/thread_pool.h"
#include "neuralake/delta/retention.h"
#include "neuralake/maintain/limits.h"
#include "neuralake/maintain/log_cleanup.h"

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

constexpr std::string_view kProperty = "delta.deletedFileRetentionDuration";

std::string Hours(std::chrono::milliseconds time) {
  return fmt::format("{:.4g} hours", static_cast<double>(time.count()) / 3'600'000);
}

/// Versions from which, together with `latest`, can be seen which files any version since `horizon`
/// names. Checkpoints forget removed files after the table's own retention, so that it takes a
/// version for each such span.
Result<std::vector<delta::SnapshotPtr>> EarlierVersions(delta::Table& table,
                                                        delta::SnapshotPtr latest, WallTime now,
                                                        WallTime horizon,
                                                        const Deadline& deadline) {
  std::vector<delta::SnapshotPtr> earlier;
  // A table may remember removed files for no time at all: each step must be one.
  const std::chrono::milliseconds step_min =
      (now - horizon) / kEarlierVersionsMax + std::chrono::milliseconds(1);
  const auto remembered = delta::TombstoneRetention(latest->metadata());
  WallTime time = now;
  while (true) {
    time -= std::max(delta::TombstoneRetention(latest->metadata()), step_min);
    auto version = table.AtTime(std::max(time, horizon), deadline);
    const bool is_before = !version && version.error().kind == ErrorKind::kNotFound;
    // Before the first version nothing was removed; its files may be older than it.
    if (is_before) version = table.AtVersion(0, deadline);
    if (!version && version.error().kind == ErrorKind::kNotFound) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("a retention of {} cannot be kept: the log remembers removed files "
                              "for {} and does not reach back further; set the table's {} to it",
                              Hours(now - horizon), Hours(remembered), kProperty));
    }
    latest = TRY(std::move(version));
    earlier.push_back(latest);
    if (is_before || time <= horizon) return earlier;
  }
}

Result<std::vector<DoomedFile>> Plan(delta::Table& table, const delta::SnapshotPtr& snapshot,
                                     const VacuumOptions& options, WallTime now, WallTime horizon,
                                     ThreadPool& pool, const Deadline& deadline) {
  auto& store = *table.store();
  if (options.mode == VacuumMode::kLog) {
    return Present(store, TRY(PlanLogVacuum(*snapshot, horizon, options.since)), pool, deadline);
  }
  UnnamedFiles unnamed;
  if (!options.allow_shorter) unnamed.horizon = now - kUncommittedAgeMin;
  if (horizon < now - delta::TombstoneRetention(snapshot->metadata())) {
    unnamed.earlier = TRY(EarlierVersions(table, snapshot, now, horizon, deadline));
  }
  const auto listed = TRY(storage::ListAll(store, {}, deadline));
  return PlanFullVacuum(*snapshot, listed, horizon, unnamed);
}

Result<std::chrono::milliseconds> RetentionOf(const delta::Metadata& metadata,
                                              const VacuumOptions& options) {
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

Status Delete(storage::ObjectStore& store, const std::vector<DoomedFile>& files, ThreadPool& pool,
              const Deadline& deadline) {
  return pool.ForEach(files.size(), [&](std::size_t i) -> Status {
    TRY(deadline.Check("vacuum"));
    return store.Delete(files[i].key, deadline);
  });
}

}  // namespace

Result<VacuumReport> Vacuum(delta::Table& table, const VacuumOptions& options,
                            const Deadline& deadline) {
  const auto snapshot = TRY(table.Latest(deadline));
  TRY(delta::CheckWritable(snapshot->protocol(), snapshot->metadata()));
  VacuumReport report;
  const WallTime now = deadline.clock().Now();
  report.horizon = now - TRY(RetentionOf(snapshot->metadata(), options));
  ThreadPool pool(kDeletesParallel);
  report.files = TRY(Plan(table, snapshot, options, now, report.horizon, pool, deadline));
  for (const auto& file : report.files) report.bytes += file.bytes;
  if (options.mode == VacuumMode::kFull) {
    report.log_files =
        TRY(PlanLogCleanup(table, snapshot->metadata(), now, report.horizon, deadline));
  }
  if (options.plan_only) return report;
  TRY(Delete(*table.store(), report.files, pool, deadline));
  TRY(Delete(*table.store(), report.log_files, pool, deadline));
  return report;
}

}  // namespace neuralake::maintain
