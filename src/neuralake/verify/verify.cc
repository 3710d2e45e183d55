#include "neuralake/verify/verify.h"

#include <atomic>

#include <fmt/format.h>

#include "neuralake/base/thread_pool.h"
#include "neuralake/verify/checkpoint/last_checkpoint.h"
#include "neuralake/verify/limits.h"
#include "neuralake/verify/log_replay.h"
#include "neuralake/verify/state/table_rules.h"

namespace neuralake::verify {
namespace {

Result<std::int64_t> ChooseVersion(const LogFiles& log, std::optional<std::int64_t> wanted,
                                   std::int64_t newest) {
  if (!wanted) return newest;
  if (*wanted < 0 || *wanted > newest ||
      (!log.commits.contains(*wanted) && !log.checkpoints.contains(*wanted))) {
    return Fail(ErrorKind::kNotFound,
                fmt::format("version {} does not exist; the newest is {}", *wanted, newest));
  }
  return *wanted;
}

std::int64_t Newest(const LogFiles& log) {
  std::int64_t newest = -1;
  if (!log.commits.empty()) newest = log.commits.rbegin()->first;
  if (!log.checkpoints.empty()) newest = std::max(newest, log.checkpoints.rbegin()->first);
  return newest;
}

/// The text of `_last_checkpoint`; nothing when it is not there.
Result<std::optional<std::string>> ReadPointer(storage::ObjectStore& store,
                                               const Deadline& deadline) {
  auto text = store.Read("_delta_log/_last_checkpoint", deadline);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return std::unexpected(std::move(text).error());
  return *std::move(text);
}

Result<std::size_t> CheckFiles(const std::shared_ptr<storage::ObjectStore>& store,
                               const TableState& state, Depth depth, Findings& findings,
                               const Deadline& deadline) {
  std::vector<const FileAction*> files;
  for (const auto& [key, file] : state.files) files.push_back(&file);
  FilePlaces places(store);
  std::atomic<std::size_t> not_reachable = 0;
  ThreadPool pool(kFilesAtOnce);
  TRY(pool.ForEach(files.size(), [&](std::size_t i) -> Status {
    TRY(deadline.Check("verification"));
    if (TRY(CheckFile(state, *files[i], depth, places, findings, deadline)) ==
        Looked::kNotReachable) {
      ++not_reachable;
    }
    return {};
  }));
  return not_reachable.load();
}

}  // namespace

Result<Report> Verify(std::shared_ptr<storage::ObjectStore> store, const VerifyOptions& options,
                      const Deadline& deadline) {
  // Before the list: a checkpoint that is made meanwhile would be named and not be in it.
  const auto pointer = TRY(ReadPointer(*store, deadline));
  const LogFiles log = TRY(ListLog(*store, deadline));
  Report report;
  const std::int64_t newest = Newest(log);
  report.version = TRY(ChooseVersion(log, options.version, newest));
  Findings findings;
  LogReplay replay(*store, log, findings, deadline);
  const bool started = TRY(replay.Run(report.version));
  if (pointer && report.version == newest) {
    CheckLastCheckpoint(*pointer, log, replay.counts(), findings);
  }
  if (started) {
    CheckTable(replay.state(), findings);
    report.files = replay.state().files.size();
    report.not_reachable =
        TRY(CheckFiles(store, replay.state(), options.depth, findings, deadline));
  }
  report.commits = replay.commits();
  report.checkpoints = replay.checkpoints();
  report.checksums = replay.checksums();
  report.problems = findings.count();
  report.findings = findings.Take();
  return report;
}

}  // namespace neuralake::verify
