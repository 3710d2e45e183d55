#pragma once

#include <span>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/delta/state/table_state.h"

namespace neuralake::delta {

/// The state that a checkpoint and the commits behind it make.
///
/// Goes from the newest action to the oldest and keeps the first of each logical file, so that the
/// checkpoint, by far the largest, needs no index.
///
/// \param parts             oldest first; their columns are moved out
/// \param checkpoint_parts  how many of the first are a checkpoint's
/// \errors kCorruption  no protocol or metaData; a commit that names a file twice
/// \source Delta PROTOCOL.md, "Action Reconciliation"
Result<TableState> Reconcile(std::vector<LogPart> parts, std::size_t checkpoint_parts);

}  // namespace neuralake::delta
