#pragma once

#include <string>

#include "neuralake/verify/finding.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// Check the protocol and the metaData of a version, and that the one has what the other needs.
/// \param place  the file that brought them
void CheckHead(const StateHead& head, const Place& place, Findings& findings);

/// Check the schema, the partition columns, column mapping and recorded type changes.
void CheckMetadata(const StateHead& head, const Place& place, Findings& findings);

}  // namespace neuralake::verify
