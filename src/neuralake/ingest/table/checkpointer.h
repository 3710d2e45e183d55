#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "neuralake/base/bounded_queue.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/delta/table.h"
#include "neuralake/ingest/table/table_sink.h"
#include "neuralake/observe/log.h"

namespace neuralake::ingest {

/// Writes the checkpoints of tables that ingest commits to, beside the commits, not in their way.
/// That those of a table begin to fail is told, and that they work again, not each of them.
///
/// \threads safe from any thread
class Checkpointer {
 public:
  /// \param log, kills  outlive this
  Checkpointer(observe::Log& log, KillSwitch& kills);

  /// Take note of a commit: the first one of ours in every `delta.checkpointInterval` versions is
  /// checkpointed, whoever made those between.
  void Committed(const SinkCommit& commit);

 private:
  struct Job {
    std::string name;
    std::shared_ptr<delta::Table> table;
    delta::SnapshotPtr snapshot;
  };

  void Run(const std::stop_token& stop);
  void Tell(const std::string& table, const Status& written);

  observe::Log& log_;
  KillSwitch& kills_;
  std::mutex mutex_;
  std::map<std::string, delta::Version, std::less<>> newest_;  // guarded by mutex_; by table

  std::set<std::string> failing_;  // tables whose last one failed; of the thread alone
  BoundedQueue<Job> jobs_;
  std::jthread thread_;
};

}  // namespace neuralake::ingest
