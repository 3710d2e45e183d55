#pragma once

#include "neuralake/verify/finding.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// Check what holds among the live files of a version: one vector a file, row ids, clustering.
void CheckTable(const TableState& state, Findings& findings);

}  // namespace neuralake::verify
