#pragma once

#include <string>

#include "neuralake/columnar/types.h"

namespace neuralake::serve {

/// The SQL name of a type, as answers and pages show it: `DECIMAL(10,2)`, `VARCHAR[]`,
/// `STRUCT(a INTEGER)`, `MAP(VARCHAR, BIGINT)`.
std::string SqlTypeName(const columnar::DataType& type);

}  // namespace neuralake::serve
