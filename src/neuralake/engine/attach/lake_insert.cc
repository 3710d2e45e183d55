#include "neuralake/engine/attach/lake_insert.h"

#include <mutex>

#include <arrow/record_batch.h>
#include <duckdb/execution/physical_plan_generator.hpp>
#include <duckdb/planner/operator/logical_insert.hpp>

#include "neuralake/delta/write.h"
#include "neuralake/engine/attach/lake_transaction.h"
#include "neuralake/engine/attach/table_entries.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/arrow_chunk.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

/// The writer of one running INSERT.
struct InsertState final : duckdb::GlobalSinkState {
  InsertState(duckdb::ClientContext& context, const duckdb::vector<duckdb::string>& names,
              const duckdb::vector<duckdb::LogicalType>& types)
      : chunks(context, names, types) {}

  std::mutex mutex;
  // Guarded by mutex.
  ArrowChunks chunks;
  std::unique_ptr<delta::DataWriter> writer;
  std::int64_t rows = 0;
};

class LakeInsert final : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;

  LakeInsert(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> answer,
             DeltaEntry& table, duckdb::idx_t cardinality)
      : duckdb::PhysicalOperator(plan, TYPE, std::move(answer), cardinality),
        source_(table.source()),
        location_(table.location()),
        catalog_(table.catalog) {
    for (const ScanColumn& column : source_->columns()) {
      names_.push_back(column.field.name);
      columns_.push_back(column.type);
    }
  }

  duckdb::string GetName() const override { return "DELTA_INSERT"; }
  bool IsSink() const override { return true; }
  bool ParallelSink() const override { return true; }
  bool IsSource() const override { return true; }

  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(
      duckdb::ClientContext& context) const override {
    auto state = duckdb::make_uniq<InsertState>(context, names_, columns_);
    const auto& snapshot = source_->snapshot();
    state->writer = OrThrow(delta::DataWriter::Open(source_->store(), snapshot.protocol(),
                                                    snapshot.metadata(), delta::WriteOptions()));
    return state;
  }

  duckdb::SinkResultType Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override {
    auto& state = input.global_state.Cast<InsertState>();
    std::lock_guard guard(state.mutex);
    const auto batch = state.chunks.Convert(chunk);
    OrThrow(state.writer->Write(*batch, StatementState::DeadlineOf(context.client)));
    state.rows += static_cast<std::int64_t>(chunk.size());
    return duckdb::SinkResultType::NEED_MORE_INPUT;
  }

  duckdb::SinkFinalizeType Finalize(duckdb::Pipeline&, duckdb::Event&,
                                    duckdb::ClientContext& context,
                                    duckdb::OperatorSinkFinalizeInput& input) const override {
    auto& state = input.global_state.Cast<InsertState>();
    PendingAppend append{source_->name(), location_, source_->snapshot_ptr(), {}, {}};
    append.reads_table = StatementState::Of(context)->Scans(source_->store()->root().ToString());
    auto files = OrThrow(state.writer->Finish(StatementState::DeadlineOf(context)));
    append.written.emplace_back(source_->store(), files);
    for (auto& file : files) append.actions.push_back(std::move(file));
    auto& transaction = duckdb::Transaction::Get(context, catalog_).Cast<LakeTransaction>();
    OrThrow(transaction.Append(std::move(append)));
    return duckdb::SinkFinalizeType::READY;
  }

 protected:
  duckdb::SourceResultType GetDataInternal(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                                           duckdb::OperatorSourceInput&) const override {
    chunk.SetCardinality(1);
    chunk.SetValue(0, 0, duckdb::Value::BIGINT(sink_state->Cast<InsertState>().rows));
    return duckdb::SourceResultType::FINISHED;
  }

 private:
  DeltaSourcePtr source_;
  std::string location_;
  duckdb::Catalog& catalog_;
  duckdb::vector<duckdb::string> names_;
  duckdb::vector<duckdb::LogicalType> columns_;
};

[[noreturn]] void Refuse(std::string why) {
  ThrowError({ErrorKind::kUnsupported, std::move(why), {}, -1});
}

}  // namespace

duckdb::PhysicalOperator& PlanLakeInsert(duckdb::PhysicalPlanGenerator& planner,
                                         duckdb::LogicalInsert& insert,
                                         duckdb::PhysicalOperator* plan) {
  auto* table = dynamic_cast<DeltaEntry*>(&insert.table);
  if (table == nullptr) Refuse("only Delta tables can be changed, not " + insert.table.name);
  if (insert.return_chunk) Refuse("RETURNING is not supported");
  if (insert.on_conflict_info.action_type != duckdb::OnConflictAction::THROW) {
    Refuse("ON CONFLICT is not supported");
  }
  const auto& snapshot = table->source()->snapshot();
  OrThrow(delta::CheckWritable(snapshot.protocol(), snapshot.metadata()));
  for (const ScanColumn& column : table->source()->columns()) {
    if (column.field.type.id == columnar::TypeId::kVariant) {
      Refuse("column " + column.field.name + " is a VARIANT, which cannot be written yet");
    }
  }
  if (!insert.column_index_map.empty()) plan = &planner.ResolveDefaultsProjection(insert, *plan);
  auto& sink = planner.Make<LakeInsert>(insert.types, *table, insert.estimated_cardinality);
  sink.children.push_back(*plan);
  return sink;
}

}  // namespace neuralake::engine
