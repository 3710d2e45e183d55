#pragma once

#include <string>
#include <vector>

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The files of one Parquet or CSV table, which DuckDB's readers get instead of a pattern.
struct ListedFiles final : duckdb::TableFunctionInfo {
  duckdb::vector<duckdb::OpenFileInfo> files;
  std::string table;                        ///< For messages.
  std::vector<std::string> header;          ///< What the first line names; empty: not looked at.
  char delimiter = ',';                     ///< Of the first line.
  std::vector<bool> required;               ///< Of each column that was found: it may not be null.
  duckdb::table_function_t scan = nullptr;  ///< DuckDB's own.
};

/// For `TableFunction::get_multi_file_reader`; the function's info is the `ListedFiles`. A file
/// whose first line does not name `header` is an error when it is opened.
duckdb::unique_ptr<duckdb::MultiFileReader> MakeListedReader(const duckdb::TableFunction& function);

/// For `TableFunction::function`: `ListedFiles::scan`, whose errors name file, table and line. A
/// null in a required column is one.
void ScanListed(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
                duckdb::DataChunk& output);

}  // namespace neuralake::engine
