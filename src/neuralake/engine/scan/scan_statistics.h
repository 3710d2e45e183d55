#pragma once

#include "neuralake/engine/duck.h"
#include "neuralake/engine/scan/delta_file_list.h"

namespace neuralake::engine {

/// Bounds of `column` over all files of `list`, never too narrow; null when unknown or dear.
duckdb::unique_ptr<duckdb::BaseStatistics> ColumnStatistics(const DeltaFileList& list,
                                                            std::size_t column);

/// One entry a file with its exact number of live rows, by which DuckDB answers `count(*)`, and
/// exact bounds where the log has them, for `min` and `max`. Empty when a count is missing.
duckdb::vector<duckdb::PartitionStatistics> FileStatistics(const DeltaFileList& list);

}  // namespace neuralake::engine
