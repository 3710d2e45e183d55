#pragma once

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// Refuse plans in which DuckDB works without looking for an interrupt: an ASOF JOIN with a
/// condition over both sides besides its equalities and its one inequality tries each earlier row
/// for each row, 10 s for 300,000 of them.
void BoundPlans(duckdb::DuckDB& database);

}  // namespace neuralake::engine
