#pragma once

#include <cstdint>

#include "neuralake/columnar/value.h"

namespace arrow {
class Array;
}

namespace neuralake::columnar {

/// The value of `row`, of an array of exactly the type `ToArrow(type)`; `type` is primitive.
Value ValueAt(const arrow::Array& array, std::int64_t row, const DataType& type);

}  // namespace neuralake::columnar
