#pragma once

#include <span>
#include <string>

#include "neuralake/delta/actions.h"

namespace neuralake::delta {

/// Append `action` as one line of a commit file, newline included. `ParseCommit` gives the same
/// action back.
/// \source Delta PROTOCOL.md, "Actions"
void AppendActionJson(const Action& action, std::string& out);

/// The text of a commit file.
std::string CommitText(std::span<const Action> actions);

}  // namespace neuralake::delta
