#include "neuralake/engine/change/row_change.h"

#include <utility>

#include "neuralake/engine/attach/lake_transaction.h"
#include "neuralake/engine/change/reads.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {

ChangePlan PlanChange(duckdb::ClientContext& context, duckdb::TableCatalogEntry& table,
                      const duckdb::PhysicalOperator& rows, bool returning) {
  if (returning) ThrowError({ErrorKind::kUnsupported, "RETURNING is not supported", {}, -1});
  ChangePlan plan{ChangeTargetOf(table), {}, table.catalog};
  const DeltaSource& source = *plan.target.source;
  const auto bound = StatementState::Of(context)->Scans(source.store()->root().ToString());
  plan.reads = ReadsOf(rows, source, bound);
  return plan;
}

RowChange::RowChange(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> answer,
                     ChangePlan change, std::string operation, duckdb::idx_t cardinality)
    : duckdb::PhysicalOperator(plan, TYPE, std::move(answer), cardinality),
      plan_(std::move(change)),
      operation_(std::move(operation)) {}

duckdb::unique_ptr<duckdb::GlobalSinkState> RowChange::GetGlobalSinkState(
    duckdb::ClientContext&) const {
  return duckdb::make_uniq<RowChangeState>(plan_.target, operation_);
}

duckdb::SinkFinalizeType RowChange::Finalize(duckdb::Pipeline&, duckdb::Event&,
                                             duckdb::ClientContext& context,
                                             duckdb::OperatorSinkFinalizeInput& input) const {
  auto& transaction = duckdb::Transaction::Get(context, plan_.catalog).Cast<LakeTransaction>();
  OrThrow(transaction.Change(Of(input.global_state).Finish(context, plan_.reads)));
  return duckdb::SinkFinalizeType::READY;
}

duckdb::SourceResultType RowChange::GetDataInternal(duckdb::ExecutionContext&,
                                                    duckdb::DataChunk& chunk,
                                                    duckdb::OperatorSourceInput&) const {
  chunk.SetCardinality(1);
  chunk.SetValue(0, 0, duckdb::Value::BIGINT(Of(*sink_state).rows_removed()));
  return duckdb::SourceResultType::FINISHED;
}

}  // namespace neuralake::engine
