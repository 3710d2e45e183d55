#pragma once

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The plan of DELETE FROM a Delta table: where the rows stand is collected while the statement
/// runs, and becomes deletion vectors, copies and a commit when it ends.
/// Throws as `ChangeTargetOf`, and when the statement asks for RETURNING.
duckdb::PhysicalOperator& PlanLakeDelete(duckdb::ClientContext& context,
                                         duckdb::PhysicalPlanGenerator& planner,
                                         duckdb::LogicalDelete& statement,
                                         duckdb::PhysicalOperator& rows);

}  // namespace neuralake::engine
