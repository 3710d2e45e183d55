#include "neuralake/ingest/table/checkpointer.h"

#include <charconv>
#include <utility>

#include "neuralake/base/deadline.h"
#include "neuralake/ingest/kill_points.h"
#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

/// Commits from one checkpoint to the next.
/// \source Delta's table property, whose default is 10
delta::Version IntervalOf(const delta::Metadata& metadata) {
  const auto found = metadata.configuration.find("delta.checkpointInterval");
  delta::Version interval = 10;
  if (found != metadata.configuration.end()) {
    const auto& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), interval);
  }
  return interval > 0 ? interval : 10;
}

}  // namespace

Checkpointer::Checkpointer(observe::Log& log, KillSwitch& kills)
    : log_(log),
      kills_(kills),
      jobs_(kCheckpointQueueMax),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void Checkpointer::Committed(const SinkCommit& commit) {
  const auto version = commit.snapshot->version();
  const auto interval = IntervalOf(commit.snapshot->metadata());
  {
    std::lock_guard lock(mutex_);
    const auto [entry, first] = newest_.try_emplace(std::string(commit.name), version - 1);
    const auto before = std::exchange(entry->second, version);
    if (version / interval == before / interval) return;
  }
  (void)jobs_.TryPush({std::string(commit.name), commit.table, commit.snapshot});
}

void Checkpointer::Run(const std::stop_token& stop) {
  while (const auto job = jobs_.Pop(stop)) {
    kills_.Reach(kill_points::kBeforeCheckpoint);
    const auto written =
        job->table->Checkpoint(*job->snapshot, Deadline::After(kCheckpointTime, stop));
    if (stop.stop_requested()) return;
    Tell(job->name, written);
    if (written.has_value()) kills_.Reach(kill_points::kAfterCheckpoint);
  }
}

/// The table is whole without a checkpoint; readers take longer to open it.
void Checkpointer::Tell(const std::string& table, const Status& written) {
  if (written.has_value()) {
    if (failing_.erase(table) == 0) return;
    log_.Info("ingest", "checkpoints are written again", {{"table", table}});
  } else if (failing_.insert(table).second) {
    log_.Warn("ingest", "no checkpoint", {{"table", table}, {"reason", Describe(written.error())}});
  }
}

}  // namespace neuralake::ingest
