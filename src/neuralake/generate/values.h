#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/builder.h>

#include "neuralake/columnar/types.h"
#include "neuralake/generate/draw.h"

namespace neuralake::generate {

/// How values of a column are spread.
struct ValueRules {
  std::uint64_t seed = 1;
  double skew = 0;
  double nulls = 0;  ///< Share of nulls, in columns that may have any.
  std::int64_t distinct = 1000;
  bool few = false;  ///< Days and instants from `distinct` ones as well.
};

/// How to make the values of one column, or of one part of a nested one.
struct ValuePlan {
  columnar::DataType type;
  ValueRules rules;
  bool nullable = true;
  bool numbered = false;  ///< The position itself, in place of a random value.
  Draw draw;
  Draw null_draw;
  std::vector<ValuePlan> children;  ///< As `type.children`.
};

/// \param path  names the random numbers: `address.city`
ValuePlan MakePlan(const columnar::Field& field, const std::string& path, const ValueRules& rules);

/// Append value number `position` of `plan` to `out`, a builder of its type.
arrow::Status AppendValue(const ValuePlan& plan, std::int64_t position, arrow::ArrayBuilder& out);

}  // namespace neuralake::generate
