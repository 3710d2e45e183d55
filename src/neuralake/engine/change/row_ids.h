#pragma once

#include "neuralake/delta/data/row_removal.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// Add to `rows` what the columns of `chunk` from `column` say: file number (UBIGINT), then row
/// number in the file (BIGINT), as a Delta scan gives them. A row with a null in them is none.
void AddRowIds(duckdb::DataChunk& chunk, duckdb::idx_t column, delta::RowSet& rows);

}  // namespace neuralake::engine
