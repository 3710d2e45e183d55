#pragma once

#include "neuralake/delta/table.h"
#include "neuralake/engine/duck.h"
#include "neuralake/engine/scan/delta_source.h"

namespace neuralake::engine {

/// What `plan` reads of the table of `source`, so that a commit of others can be judged.
///
/// \param bound  how many scans of the table the statement had; where the optimizer answered one
///               without scanning, all of the table was read
delta::ReadSet ReadsOf(const duckdb::PhysicalOperator& plan, const DeltaSource& source,
                       std::size_t bound);

}  // namespace neuralake::engine
