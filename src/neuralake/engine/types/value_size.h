#pragma once

#include <cstddef>
#include <optional>

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// How much there is in a value: bytes of its texts, and elements of its lists, with those inside.
struct ValueSize {
  double bytes = 0;
  double elements = 0;
};

/// Whether values of this type can be of any length.
bool HasLength(const duckdb::LogicalType& type);

/// The bytes of the longest of `count` texts; 0 for values of a fixed size, and nothing for nested
/// ones. Much cheaper than `ValueSizes`.
std::optional<double> LongestText(duckdb::Vector& values, duckdb::idx_t count);

/// The sizes of the values of one vector, which has to outlive them and stay as it is.
class ValueSizes {
 public:
  ValueSizes(duckdb::Vector& values, duckdb::idx_t count);

  ValueSize operator[](duckdb::idx_t row) const;

 private:
  duckdb::RecursiveUnifiedVectorFormat format_;
  bool has_length_;
};

}  // namespace neuralake::engine
