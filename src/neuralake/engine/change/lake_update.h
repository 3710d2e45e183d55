#pragma once

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The plan of UPDATE of a Delta table: rows are written anew while the statement runs, and taken
/// out where they were, as a DELETE does it, in one commit.
/// Throws as `ChangeTargetOf`, and when the statement asks for RETURNING.
duckdb::PhysicalOperator& PlanLakeUpdate(duckdb::ClientContext& context,
                                         duckdb::PhysicalPlanGenerator& planner,
                                         duckdb::LogicalUpdate& statement,
                                         duckdb::PhysicalOperator& rows);

/// Let `update` set all columns of `table`: those that it does not name to what they are.
void AddUntouchedColumns(const duckdb::TableCatalogEntry& table, duckdb::LogicalGet& scan,
                         duckdb::LogicalProjection& projection, duckdb::LogicalUpdate& update);

}  // namespace neuralake::engine
