#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/log/action_sink.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// Read the Parquet file `key` of a checkpoint (classic, part, second kind or sidecar) into `sink`.
///
/// Only the columns that are needed are read; statistics and partition values come from their text
/// or, where a writer left that out, from the parsed structs.
/// \errors kCorruption  not a Parquet file, truncated, or not the columns of a checkpoint
/// \source Delta PROTOCOL.md, "Checkpoint Schema"
Status ReadCheckpointFile(storage::ObjectStore& store, std::string_view key, ActionSink& sink,
                          const Deadline& deadline);

/// The key of a sidecar below the table's root.
/// \errors kCorruption  a path that leads out of the log
Result<std::string> SidecarKey(const SidecarRef& sidecar);

}  // namespace neuralake::delta
