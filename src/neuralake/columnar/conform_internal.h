#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "neuralake/columnar/types.h"

namespace arrow {
class Array;
class DataType;
}  // namespace arrow

namespace neuralake::columnar {

/// Whether a column of `type` holds every value of the Arrow type `source`, looking at single
/// values only for the unit of a time. Of nested types only the kind is compared.
bool HoldsAll(const DataType& type, const arrow::DataType& source);

/// Where a null stands that the schema forbids.
struct ForbiddenNull {
  std::int64_t row;
  std::string path;
};

/// The first null of `array`, or of what is nested in it, in a place that is not nullable and whose
/// parents are all there.
std::optional<ForbiddenNull> FindForbiddenNull(const arrow::Array& array, const Field& field);

}  // namespace neuralake::columnar
