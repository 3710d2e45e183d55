#pragma once

#include <optional>

#include "neuralake/columnar/value.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The same value for DuckDB, typed as `ToDuckType(value.type)`; null too.
duckdb::Value ToDuckValue(const columnar::Value& value);

/// A DuckDB value as one of type `type`, for predicates over statistics.
/// \returns nothing when it is null or its own type is not exactly that of `type`
std::optional<columnar::Value> FromDuckValue(const duckdb::Value& value,
                                             const columnar::DataType& type);

}  // namespace neuralake::engine
