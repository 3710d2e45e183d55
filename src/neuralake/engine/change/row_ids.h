#pragma once

#include "neuralake/delta/data/row_removal.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The columns in which a Delta scan gives where a row stands.
struct RowIdColumns {
  duckdb::idx_t file;    ///< The number of the file in the snapshot, UBIGINT.
  duckdb::idx_t number;  ///< That of the row in the file, BIGINT.
};

/// Add to `rows` what the columns `ids` of `chunk` say. Throws at a null, and at a column of
/// another type: wherever they come from, those are no ids of rows.
void AddRowIds(duckdb::DataChunk& chunk, RowIdColumns ids, delta::RowSet& rows);

}  // namespace neuralake::engine
