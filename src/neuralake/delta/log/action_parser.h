#pragma once

#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/log/action_sink.h"

namespace neuralake::delta {

/// Parse the lines of a commit, a compacted range or a JSON checkpoint into `sink`.
///
/// Actions and members that are not known are passed over, as the protocol asks.
/// \param lines_before  lines of the file before `bytes`, for messages
/// \errors kCorruption  a line that is not an action, with its number from 1
///         and what `sink` answers, with the line's number
/// \source Delta PROTOCOL.md, "Actions"
Status ParseActions(std::string_view bytes, ActionSink& sink, std::size_t lines_before = 0);

/// All actions of a commit, with schemas resolved.
/// \errors kCorruption, kUnsupported  with the line
Result<std::vector<Action>> ParseCommit(std::string_view bytes);

}  // namespace neuralake::delta
