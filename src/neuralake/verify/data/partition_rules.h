#pragma once

#include "neuralake/verify/finding.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// Check that `file` has one value of the right type for each partition column, and no more.
/// \source Delta PROTOCOL.md, "Partition Value Serialization"
void CheckPartitionValues(const TableMetadata& metadata, const FileAction& file, const Place& place,
                          Findings& findings);

}  // namespace neuralake::verify
