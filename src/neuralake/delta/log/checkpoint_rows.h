#pragma once

#include <memory>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/delta/log/action_sink.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::delta {

/// Feed the rows of `batch`, a piece of a checkpoint, to `sink`: one action a row.
/// \errors kCorruption  a column of the wrong type, or an action without what it must have
/// \source Delta PROTOCOL.md, "Checkpoint Schema"
Status FeedRows(const arrow::RecordBatch& batch, ActionSink& sink);

}  // namespace neuralake::delta
