#pragma once

#include <optional>

#include "neuralake/verify/checkpoint/checkpoint_file.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// Check that a checkpoint has the actions that one of its kind has, each once.
void CheckShape(const CheckpointFiles& checkpoint, const CheckpointContent& content,
                std::int64_t version, Findings& findings);

/// Check that a checkpoint is the version that the replay of the log gives.
void CheckAgainstReplay(const CheckpointFiles& checkpoint, const CheckpointContent& content,
                        const TableState& state, Findings& findings);

}  // namespace neuralake::verify
