#pragma once

#include <functional>
#include <memory>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/delta/state/table_snapshot.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// Write the classic checkpoint of `snapshot`, then point `_last_checkpoint` at it, unless that
/// points at a later one.
///
/// Holds a few thousand rows at a time, whatever the size of the table. Removed files within
/// retention are kept; texts of statistics go in as they are.
/// \param check  asked before each effect: whether the log still leads to `snapshot`
/// \param kills  steps `checkpoint.before_put`, `checkpoint.before_pointer`
/// \errors what the store and `check` answer
/// \source Delta PROTOCOL.md, "Checkpoints", "Last Checkpoint File"
Status WriteCheckpoint(const std::shared_ptr<storage::ObjectStore>& store,
                       const TableSnapshot& snapshot, const std::function<Status()>& check,
                       KillSwitch& kills, const Deadline& deadline);

/// Whether a checkpoint of `snapshot` is due: each `delta.checkpointInterval` versions, 10 by
/// default.
bool IsCheckpointDue(const Snapshot& snapshot);

}  // namespace neuralake::delta
