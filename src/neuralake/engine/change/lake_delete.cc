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
  /// \param row_id  the column of the file number; that of the row number follows it
  LakeDelete(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> answer,
             ChangePlan change, duckdb::idx_t row_id, duckdb::idx_t cardinality)
      : RowChange(plan, std::move(answer), std::move(change), "DELETE", cardinality),
        row_id_(row_id) {}

  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(
      duckdb::ExecutionContext&) const override {
    return duckdb::make_uniq<DeletePart>();
  }

  duckdb::SinkResultType Sink(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override {
    AddRowIds(chunk, row_id_, input.local_state.Cast<DeletePart>().rows);
    return duckdb::SinkResultType::NEED_MORE_INPUT;
  }

  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext&,
                                        duckdb::OperatorSinkCombineInput& input) const override {
    Of(input.global_state).Remove(input.local_state.Cast<DeletePart>().rows);
    return duckdb::SinkCombineResultType::FINISHED;
  }

 private:
  const duckdb::idx_t row_id_;
};

}  // namespace

duckdb::PhysicalOperator& PlanLakeDelete(duckdb::ClientContext& context,
                                         duckdb::PhysicalPlanGenerator& planner,
                                         duckdb::LogicalDelete& statement,
                                         duckdb::PhysicalOperator& rows) {
  auto plan = PlanChange(context, statement.table, rows, statement.return_chunk);
  const auto row_id = statement.expressions[0]->Cast<duckdb::BoundReferenceExpression>().index;
  auto& sink = planner.Make<LakeDelete>(statement.types, std::move(plan), row_id,
                                        statement.estimated_cardinality);
  sink.children.push_back(rows);
  return sink;
}

}  // namespace neuralake::engine
