#pragma once

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The plan of INSERT INTO a Delta table: rows become data files while the statement runs, and a
/// commit when its transaction does.
/// Throws when the table is not a Delta table at its newest version, or the statement asks for
/// RETURNING or ON CONFLICT.
duckdb::PhysicalOperator& PlanLakeInsert(duckdb::ClientContext& context,
                                         duckdb::PhysicalPlanGenerator& planner,
                                         duckdb::LogicalInsert& insert,
                                         duckdb::PhysicalOperator* plan);

}  // namespace neuralake::engine
