#pragma once

#include <cstdint>
#include <memory>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::columnar {

/// Make `batch` a batch of exactly the columns and types `ToArrow(schema)`, values unchanged.
///
/// Columns are matched by name, as Delta compares names; a missing one becomes null, at every level
/// of nesting. Types only ever grow: integers to wider ones, to doubles and decimals that hold them
/// all, floats to doubles, decimals to more digits, dates in milliseconds and timestamps of another
/// unit when no value is cut, dictionaries and string layouts to plain ones. A timestamp without a
/// zone does not become an instant, nor the other way round. void columns of `schema` stay, as
/// nulls.
///
/// \param first_row  what row 0 of `batch` is called in messages
/// \errors kInvalid  an unknown column, a type that does not fit, a value that would be cut, text
///                   that is not UTF-8, or a null where `schema` has none; names column and row
Result<std::shared_ptr<arrow::RecordBatch>> Conform(const arrow::RecordBatch& batch,
                                                    const Schema& schema,
                                                    std::int64_t first_row = 0);

}  // namespace neuralake::columnar
