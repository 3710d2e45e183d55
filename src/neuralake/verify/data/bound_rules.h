#pragma once

#include "neuralake/verify/data/column_facts.h"
#include "neuralake/verify/data/statistics.h"

namespace neuralake::verify {

/// Check the statistics of one column against what its rows hold.
/// \param num_rows  of the file
/// \source Delta PROTOCOL.md, "Per-file Statistics"
void CheckColumn(const FileColumn& column, const ColumnFacts& facts, std::int64_t num_rows,
                 const Statistics& statistics, const Place& place, Findings& findings);

}  // namespace neuralake::verify
