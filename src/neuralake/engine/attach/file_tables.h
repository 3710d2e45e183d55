#pragma once

#include "neuralake/engine/attach/lake_schema.h"
#include "neuralake/engine/store/store_registry.h"

namespace neuralake::engine {

/// The entry of a Parquet or CSV table: its files as they are listed now, its columns as DuckDB
/// finds them in the first file (or, for CSV, as declared).
///
/// \errors kNotFound  no file is there
///         kInvalid   a declared column that no file has, a file that is no such file
Result<duckdb::unique_ptr<duckdb::CatalogEntry>> MakeFileEntry(LakeSchema& schema,
                                                               duckdb::ClientContext& context,
                                                               StoreRegistry& stores,
                                                               const std::string& name,
                                                               const catalog::TableModel& table);

/// The data files of a table at `location`: the file itself, or all below a folder whose names end
/// in `suffix`, without those that hide (a part that begins with `_` or `.`).
/// \errors kNotFound  there are none
///         kResourceExhausted  more than `kListedFilesMax`
Result<duckdb::vector<duckdb::OpenFileInfo>> ListDataFiles(StoreRegistry& stores,
                                                           const std::string& location,
                                                           std::string_view suffix,
                                                           const Deadline& deadline);

}  // namespace neuralake::engine
