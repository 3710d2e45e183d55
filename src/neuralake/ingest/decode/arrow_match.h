#pragma once

#include <memory>
#include <vector>

#include "neuralake/base/error.h"

namespace arrow {
class Array;
class DataType;
class Schema;
}  // namespace arrow

namespace neuralake::ingest {

/// Where a column of the table is in a stream.
struct GivenColumn {
  int position = -1;  ///< Among the stream's columns; -1 when it lacks this one.
  std::shared_ptr<arrow::DataType> type;  ///< The stream's, with the table's names inside.
};

/// Find the columns of `declared`, and the members of their structs, in `given` by their names:
/// as written first, then without case. The answer has one entry a column of `declared`.
///
/// \errors kInvalid  a column or member that comes twice; one that is not declared, unless
///                   `ignore_unknown`; a missing column that must not be null; a type that does
///                   not convert to the declared one
Result<std::vector<GivenColumn>> MatchColumns(const arrow::Schema& declared,
                                              const arrow::Schema& given, bool ignore_unknown);

/// `array` as `type`, which differs from its own in names alone.
std::shared_ptr<arrow::Array> WithNames(const std::shared_ptr<arrow::Array>& array,
                                        const std::shared_ptr<arrow::DataType>& type);

/// Whether values of `type` are text: strings of any layout, or a dictionary of them.
bool IsText(const arrow::DataType& type);

}  // namespace neuralake::ingest
