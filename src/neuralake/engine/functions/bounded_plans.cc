#include "neuralake/engine/functions/bounded_plans.h"

#include <duckdb/optimizer/optimizer_extension.hpp>
#include <duckdb/planner/operator/logical_comparison_join.hpp>

#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

void Check(const duckdb::LogicalOperator& plan) {
  if (plan.type == duckdb::LogicalOperatorType::LOGICAL_ASOF_JOIN &&
      plan.Cast<duckdb::LogicalComparisonJoin>().predicate) {
    ThrowError({ErrorKind::kUnsupported,
                "an ASOF JOIN takes equalities and one inequality, each with one side left and one "
                "right, since nothing could stop it otherwise; filter its sides in subqueries, or "
                "its rows by WHERE",
                {},
                -1});
  }
  for (const auto& child : plan.children) Check(*child);
}

void CheckPlan(duckdb::OptimizerExtensionInput&,
               duckdb::unique_ptr<duckdb::LogicalOperator>& plan) {
  Check(*plan);
}

}  // namespace

void BoundPlans(duckdb::DuckDB& database) {
  duckdb::OptimizerExtension extension;
  extension.pre_optimize_function = CheckPlan;
  duckdb::OptimizerExtension::Register(duckdb::DBConfig::GetConfig(*database.instance), extension);
}

}  // namespace neuralake::engine
