#include "neuralake/engine/change/lake_delete.h"

#include <utility>

#include <duckdb/execution/physical_plan_generator.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/operator/logical_delete.hpp>

#include "neuralake/engine/attach/lake_transaction.h"
#include "neuralake/engine/change/reads.h"
#include "neuralake/engine/change/row_ids.h"
#include "neuralake/engine/change/table_change.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

struct DeleteState final : duckdb::GlobalSinkState {
  explicit DeleteState(const ChangeTarget& target) : change(target, "DELETE") {}
  TableChange change;
};

struct DeletePart final : duckdb::LocalSinkState {
  delta::RowSet rows;
};

class LakeDelete final : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;

  /// \param row_id  the column of the file number; that of the row number follows it
  LakeDelete(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> answer,
             ChangeTarget target, delta::ReadSet reads, duckdb::idx_t row_id,
             duckdb::Catalog& catalog, duckdb::idx_t cardinality)
      : duckdb::PhysicalOperator(plan, TYPE, std::move(answer), cardinality),
        target_(std::move(target)),
        reads_(std::move(reads)),
        row_id_(row_id),
        catalog_(catalog) {}

  duckdb::string GetName() const override { return "DELTA_DELETE"; }
  bool IsSink() const override { return true; }
  bool ParallelSink() const override { return true; }
  bool IsSource() const override { return true; }

  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(
      duckdb::ClientContext&) const override {
    return duckdb::make_uniq<DeleteState>(target_);
  }

  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(
      duckdb::ExecutionContext&) const override {
    return duckdb::make_uniq<DeletePart>();
  }

  duckdb::SinkResultType Sink(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override {
    AddRowIds(chunk, row_id_, input.local_state.Cast<DeletePart>().rows);
    return duckdb::SinkResultType::NEED_MORE_INPUT;
  }

  duckdb::SinkCombineResultType Combine(
      duckdb::ExecutionContext&, duckdb::OperatorSinkCombineInput& input) const override {
    auto& part = input.local_state.Cast<DeletePart>();
    input.global_state.Cast<DeleteState>().change.Remove(std::exchange(part.rows, {}));
    return duckdb::SinkCombineResultType::FINISHED;
  }

  duckdb::SinkFinalizeType Finalize(duckdb::Pipeline&, duckdb::Event&,
                                    duckdb::ClientContext& context,
                                    duckdb::OperatorSinkFinalizeInput& input) const override {
    auto& change = input.global_state.Cast<DeleteState>().change;
    auto& transaction = duckdb::Transaction::Get(context, catalog_).Cast<LakeTransaction>();
    OrThrow(transaction.Change(change.Finish(context, reads_)));
    return duckdb::SinkFinalizeType::READY;
  }

 protected:
  duckdb::SourceResultType GetDataInternal(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                                           duckdb::OperatorSourceInput&) const override {
    const auto& change = sink_state->Cast<DeleteState>().change;
    chunk.SetCardinality(1);
    chunk.SetValue(0, 0, duckdb::Value::BIGINT(change.rows_removed()));
    return duckdb::SourceResultType::FINISHED;
  }

 private:
  const ChangeTarget target_;
  const delta::ReadSet reads_;
  const duckdb::idx_t row_id_;
  duckdb::Catalog& catalog_;
};

}  // namespace

duckdb::PhysicalOperator& PlanLakeDelete(duckdb::ClientContext& context,
                                         duckdb::PhysicalPlanGenerator& planner,
                                         duckdb::LogicalDelete& statement,
                                         duckdb::PhysicalOperator& rows) {
  if (statement.return_chunk) {
    ThrowError({ErrorKind::kUnsupported, "RETURNING is not supported", {}, -1});
  }
  auto target = ChangeTargetOf(statement.table);
  const auto bound = StatementState::Of(context)->Scans(target.source->store()->root().ToString());
  auto reads = ReadsOf(rows, *target.source, bound);
  const auto row_id = statement.expressions[0]->Cast<duckdb::BoundReferenceExpression>().index;
  auto& sink = planner.Make<LakeDelete>(statement.types, std::move(target), std::move(reads), row_id,
                                        statement.table.catalog, statement.estimated_cardinality);
  sink.children.push_back(rows);
  return sink;
}

}  // namespace neuralake::engine
