#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "neuralake/verify/checkpoint/checkpoint_file.h"
#include "neuralake/verify/finding.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// Replays the log of a table and checks what is in it on the way.
/// \threads one at a time
class LogReplay {
 public:
  /// All arguments outlive this.
  LogReplay(storage::ObjectStore& store, const LogFiles& log, Findings& findings,
            const Deadline& deadline)
      : store_(store), log_(log), findings_(findings), deadline_(deadline) {}

  /// Replay up to `version`.
  /// \returns  whether there was something to start from; otherwise that is a finding
  /// \errors of the store, apart from kNotFound
  Result<bool> Run(std::int64_t version);

  const TableState& state() const { return state_; }
  std::size_t commits() const { return commits_; }
  std::size_t checkpoints() const { return checkpoints_; }
  std::size_t checksums() const { return checksums_; }
  /// Of the checkpoints that were read whole, by version.
  const std::map<std::int64_t, std::vector<CheckpointCounts>>& counts() const { return counts_; }

 private:
  Result<bool> Start(std::int64_t first, std::int64_t version);
  Status CheckOlder(std::int64_t before);
  Status ApplyCommit(std::int64_t version);
  Status CheckCompanions(std::int64_t version);
  Status CheckCompacted(std::int64_t version);
  Result<Actions> ReadCommit(std::int64_t version, Findings& findings);
  Status CheckCheckpoints(std::int64_t version);
  Result<std::optional<CheckpointContent>> Read(const CheckpointFiles& checkpoint,
                                                std::int64_t version);

  storage::ObjectStore& store_;
  const LogFiles& log_;
  Findings& findings_;
  const Deadline& deadline_;
  TableState state_;
  std::int64_t base_ = -1;  ///< Version of the checkpoint that the replay started from.
  std::size_t commits_ = 0;
  std::size_t checkpoints_ = 0;
  std::size_t checksums_ = 0;
  std::map<std::int64_t, std::vector<CheckpointCounts>> counts_;
  std::set<std::string> tried_;  ///< Checkpoints that the start looked at.
};

}  // namespace neuralake::verify
