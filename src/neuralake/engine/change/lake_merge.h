#pragma once

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The plan of MERGE INTO a Delta table: DuckDB finds out what becomes of each row, and all of it
/// is one commit. Throws as `ChangeTargetOf`, and when the statement asks for RETURNING.
duckdb::PhysicalOperator& PlanLakeMerge(duckdb::ClientContext& context,
                                        duckdb::PhysicalPlanGenerator& planner,
                                        duckdb::LogicalMergeInto& statement,
                                        duckdb::PhysicalOperator& rows);

}  // namespace neuralake::engine
