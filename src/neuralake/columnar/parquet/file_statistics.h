#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/columnar/types.h"
#include "neuralake/columnar/value.h"

namespace neuralake::columnar {

/// What one data file holds in one column: a primitive one, at any depth of structs, or a whole
/// array, map or variant, of which only the nulls are counted.
struct ColumnStatistics {
  std::vector<std::string> path;  ///< Stored names from the top.
  DataType type;
  /// Absent when there is no value, when it is not known, or when a NaN, which is greater than
  /// every number, is among them. Never for booleans and binaries.
  std::optional<Value> min;
  std::optional<Value> max;
  /// Rows in which it is null or a struct around it is.
  std::optional<std::int64_t> null_count;
};

/// What a data file holds.
struct FileStatistics {
  std::int64_t num_records = 0;
  std::vector<ColumnStatistics> columns;  ///< In the order of the schema, depth first.
};

}  // namespace neuralake::columnar
