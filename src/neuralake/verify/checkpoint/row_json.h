#pragma once

#include <cstdint>

#include <arrow/array.h>

#include "neuralake/verify/json.h"

namespace neuralake::verify {

/// Row `row` of `array` as the JSON that a commit would have: members that are null are left out,
/// maps with texts as keys are objects, days and instants ISO texts, decimals texts.
Json RowJson(const arrow::Array& array, std::int64_t row);

}  // namespace neuralake::verify
