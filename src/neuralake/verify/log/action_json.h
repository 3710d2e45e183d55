#pragma once

#include "neuralake/verify/finding.h"
#include "neuralake/verify/log/action.h"

namespace neuralake::verify {

/// Of what kind of file an action is a part.
enum class Source : std::uint8_t { kCommit, kCheckpoint, kSidecar };

/// Add the action `line`, an object with one member, to `actions`, and tell what is wrong with it.
///
/// A file without a path, and a transaction or domain without a name, is left out.
void AddAction(const Json& line, Source source, const Place& place, Findings& findings,
               Actions& actions);

/// Add each line of `text`, which is a commit, or a checkpoint in JSON.
void AddLines(std::string_view text, Source source, Place place, Findings& findings,
              Actions& actions);

}  // namespace neuralake::verify
