#pragma once

#include <string>

#include "neuralake/verify/finding.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// Check `actions`, a whole commit, against the version before it.
/// \param before    version `version - 1`, or nothing yet when `version` is 0
/// \param after     the head that the commit makes of it
void CheckCommit(const TableState& before, const StateHead& after, const Actions& actions,
                 const std::string& file, Findings& findings);

}  // namespace neuralake::verify
