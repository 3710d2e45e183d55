#pragma once

#include "neuralake/engine/attach/lake.h"
#include "neuralake/engine/attach/lake_schema.h"

namespace neuralake::engine {

/// The entry of a function table. When all its columns are declared with types, the function runs
/// when the scan begins, for the columns that are needed; otherwise it runs now, to learn them.
///
/// \errors kUnsupported  this engine runs no functions
///         those of `FunctionRunner::Run`
Result<duckdb::unique_ptr<duckdb::CatalogEntry>> MakeFunctionEntry(
    LakeSchema& schema, duckdb::ClientContext& context, Lake& lake, const std::string& name,
    const catalog::TableModel& table);

}  // namespace neuralake::engine
