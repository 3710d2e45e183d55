#pragma once

#include "neuralake/columnar/types.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The DuckDB type that holds the values of `type`. Void becomes INTEGER, in which all is null.
duckdb::LogicalType ToDuckType(const columnar::DataType& type);

/// The type in which values of `type` leave the engine: those that have none of ours (UUID,
/// INTERVAL, TIME, …) become text, wide integers become decimals, VARIANT becomes JSON text.
duckdb::LogicalType AnswerType(const duckdb::LogicalType& type);

/// Ours for a type that `AnswerType` returned.
columnar::DataType FromDuckType(const duckdb::LogicalType& type);

/// The columns of an answer.
columnar::Schema ToSchema(const duckdb::vector<duckdb::string>& names,
                          const duckdb::vector<duckdb::LogicalType>& types);

}  // namespace neuralake::engine
