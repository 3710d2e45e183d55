#pragma once

#include <string_view>

#include "neuralake/verify/finding.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// Check the text of a version checksum file against the version that the replay gives.
/// \source Delta PROTOCOL.md, "Version Checksum File"
void CheckVersionChecksum(std::string_view text, const std::string& key, const TableState& state,
                          Findings& findings);

}  // namespace neuralake::verify
