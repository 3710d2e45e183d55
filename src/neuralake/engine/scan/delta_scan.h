#pragma once

#include "neuralake/engine/duck.h"
#include "neuralake/engine/scan/delta_source.h"

namespace neuralake::engine {

/// A scan of `source`, bound: DuckDB's own Parquet scan with our reader inside.
///
/// \param bind_data  set to the bound state of the scan
duckdb::TableFunction BindDeltaScan(duckdb::ClientContext& context, const DeltaSourcePtr& source,
                                    duckdb::unique_ptr<duckdb::FunctionData>& bind_data);

/// The columns that every Delta scan has beside those of the table: `filename`, `file_index`,
/// `file_row_number`.
duckdb::virtual_column_map_t DeltaVirtualColumns();

}  // namespace neuralake::engine
