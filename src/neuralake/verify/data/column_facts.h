#pragma once

#include <cstdint>
#include <optional>

#include <arrow/array.h>

#include "neuralake/verify/data/file_columns.h"
#include "neuralake/verify/data/value.h"
#include "neuralake/verify/vector/deletion_vector.h"

namespace neuralake::verify {

/// What the rows of a file hold in one column. Values are those of rows that are not deleted.
struct ColumnFacts {
  std::int64_t nulls = 0;        ///< Of all rows, also where a level above is null.
  std::int64_t valid_nulls = 0;  ///< Of rows that are not deleted.
  std::int64_t valid_values = 0;
  bool has_nan = false;
  std::optional<Value> min;  ///< NaN apart.
  std::optional<Value> max;
};

/// Add the rows of `array`, a chunk of the top level column that `column` is in or is, to `facts`.
/// \param first_row  of the chunk in the file
void AddFacts(const FileColumn& column, const arrow::Array& array, std::int64_t first_row,
              const DeletedRows& deleted, ColumnFacts& facts);

}  // namespace neuralake::verify
