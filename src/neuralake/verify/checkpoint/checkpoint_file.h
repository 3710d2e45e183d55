#pragma once

#include "neuralake/base/deadline.h"
#include "neuralake/storage/object_store.h"
#include "neuralake/verify/finding.h"
#include "neuralake/verify/log/action_json.h"
#include "neuralake/verify/log/log_files.h"

namespace neuralake::verify {

/// How much one checkpoint holds.
struct CheckpointCounts {
  std::int64_t actions = 0;       ///< Those of sidecars too.
  std::int64_t main_actions = 0;  ///< Those outside of sidecars.
  std::int64_t sidecars = 0;
  std::int64_t adds = 0;
  std::int64_t bytes = 0;  ///< Of its files, without sidecars.
  std::int64_t sidecar_bytes = 0;
};

/// What one checkpoint holds, its sidecars with it.
struct CheckpointContent {
  Actions actions;
  CheckpointCounts counts;
};

/// Read every action of `checkpoint` and tell what is wrong with them by themselves.
/// \returns  nothing, and a finding, when it cannot be read
/// \errors of the store, apart from kNotFound
Result<std::optional<CheckpointContent>> ReadCheckpoint(storage::ObjectStore& store,
                                                        const LogFiles& log,
                                                        const CheckpointFiles& checkpoint,
                                                        std::int64_t version, Findings& findings,
                                                        const Deadline& deadline);

}  // namespace neuralake::verify
