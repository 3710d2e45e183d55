#include "neuralake/engine/change/lake_delete.h"

#include <utility>

#include <duckdb/execution/physical_plan_generator.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/operator/logical_delete.hpp>

#include "neuralake/engine/change/row_change.h"
#include "neuralake/engine/change/row_ids.h"

namespace neuralake::engine {
namespace {

struct DeletePart final : duckdb::LocalSinkState {
  delta::RowSet rows;
};

class LakeDelete final : public RowChange {
 public:
  LakeDelete(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> answer,
             ChangePlan change, RowIdColumns ids, duckdb::idx_t cardinality)
      : RowChange(plan, std::move(answer), std::move(change), "DELETE", cardinality), ids_(ids) {}

  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(
      duckdb::ExecutionContext&) const override {
    return duckdb::make_uniq<DeletePart>();
  }

  duckdb::SinkResultType Sink(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override {
    AddRowIds(chunk, ids_, input.local_state.Cast<DeletePart>().rows);
    return duckdb::SinkResultType::NEED_MORE_INPUT;
  }

  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext&,
                                        duckdb::OperatorSinkCombineInput& input) const override {
    Of(input.global_state).Remove(input.local_state.Cast<DeletePart>().rows);
    return duckdb::SinkCombineResultType::FINISHED;
  }

 private:
  const RowIdColumns ids_;
};

}  // namespace

duckdb::PhysicalOperator& PlanLakeDelete(duckdb::ClientContext& context,
                                         duckdb::PhysicalPlanGenerator& planner,
                                         duckdb::LogicalDelete& statement,
                                         duckdb::PhysicalOperator& rows) {
  auto plan = PlanChange(context, statement.table, rows, statement.return_chunk);
  // Each where the binder found it: a condition may have read one of them before.
  const auto place = [&](std::size_t i) {
    return statement.expressions.at(i)->Cast<duckdb::BoundReferenceExpression>().index;
  };
  const RowIdColumns ids{place(0), place(1)};
  auto& sink = planner.Make<LakeDelete>(statement.types, std::move(plan), ids,
                                        statement.estimated_cardinality);
  sink.children.push_back(rows);
  return sink;
}

}  // namespace neuralake::engine
