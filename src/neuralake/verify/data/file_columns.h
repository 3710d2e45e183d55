#pragma once

#include <string>
#include <vector>

#include <parquet/arrow/schema.h>

#include "neuralake/verify/data/statistics.h"
#include "neuralake/verify/finding.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// A column of the table as it lies in a data file: one that statistics can be about.
struct FileColumn {
  ColumnPath path;            ///< Physical names, as the log has them.
  std::string name;           ///< As a user writes it: `a.b`.
  Type type;                  ///< Of the table.
  bool is_float = false;      ///< Stored as float, of which texts have fewer digits.
  bool required = false;      ///< No level of it is nullable.
  int leaf = 0;               ///< A leaf column of the file at or below it.
  bool is_primitive = false;  ///< `leaf` holds its values.
};

/// Match the schema with the columns of a file, and tell columns of a wrong type.
///
/// Fields within lists and maps are looked at for their types alone.
std::vector<FileColumn> MatchColumns(const TableMetadata& metadata,
                                     const parquet::arrow::SchemaManifest& manifest,
                                     const Place& place, Findings& findings);

}  // namespace neuralake::verify
