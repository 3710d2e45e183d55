#pragma once

#include <memory>

#include "neuralake/delta/table.h"

namespace neuralake::delta {

/// A table that is `snapshot` for good: what is asked of a table whose rows are worked out and not
/// stored. It has no other versions and takes no commits.
std::shared_ptr<Table> FixedTable(SnapshotPtr snapshot,
                                  std::shared_ptr<storage::ObjectStore> store);

}  // namespace neuralake::delta
