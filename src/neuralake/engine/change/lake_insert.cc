#include "neuralake/engine/change/lake_insert.h"

#include <mutex>
#include <optional>
#include <utility>

#include <arrow/record_batch.h>
#include <duckdb/execution/physical_plan_generator.hpp>
#include <duckdb/planner/operator/logical_insert.hpp>

#include "neuralake/delta/write.h"
#include "neuralake/engine/attach/lake_transaction.h"
#include "neuralake/engine/attach/table_entries.h"
#include "neuralake/engine/attach/unmade_table.h"
#include "neuralake/engine/change/reads.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/arrow_chunk.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

/// Where rows go.
struct InsertTarget {
  std::string location;
  std::vector<ScanColumn> columns;
  DeltaSourcePtr source;                ///< Null when the table is to be made.
  std::optional<UnmadeTable> unmade{};  ///< What is to be made then.
  delta::ReadSet reads{};               ///< What the rows were made of, in the same table.
};

/// The writer of one running INSERT.
struct InsertState final : duckdb::GlobalSinkState {
  InsertState(duckdb::ClientContext& context, const duckdb::vector<duckdb::string>& names,
              const duckdb::vector<duckdb::LogicalType>& types)
      : chunks(context, names, types) {}

  std::mutex mutex;
  DeltaSourcePtr source;
  // Guarded by mutex.
  ArrowChunks chunks;
  std::unique_ptr<delta::DataWriter> writer;
  std::int64_t rows = 0;
};

class LakeInsert final : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;

  LakeInsert(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> answer,
             InsertTarget target, duckdb::Catalog& catalog, duckdb::idx_t cardinality)
      : duckdb::PhysicalOperator(plan, TYPE, std::move(answer), cardinality),
        target_(std::move(target)),
        catalog_(catalog) {
    for (const ScanColumn& column : target_.columns) {
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
    state->source = Source(context);
    const auto& snapshot = state->source->snapshot();
    state->writer = OrThrow(delta::DataWriter::Open(state->source->store(), snapshot.protocol(),
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
    const DeltaSource& source = *state.source;
    PendingChange append{source.name(), target_.location, source.snapshot_ptr(), {}, {}};
    append.commit.info.operation = "WRITE";
    append.commit.info.operation_parameters["mode"] = "Append";
    // Rows that were made of the table's own rows depend on what the statement saw.
    append.commit.reads = target_.reads;
    auto files = OrThrow(state.writer->Finish(StatementState::DeadlineOf(context)));
    append.written.emplace_back(source.store(), files);
    for (auto& file : files) append.commit.actions.emplace_back(std::move(file));
    OrThrow(Transaction(context).Change(std::move(append)));
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
  LakeTransaction& Transaction(duckdb::ClientContext& context) const {
    return duckdb::Transaction::Get(context, catalog_).Cast<LakeTransaction>();
  }

  DeltaSourcePtr Source(duckdb::ClientContext& context) const {
    if (target_.source) return target_.source;
    auto made = OrThrow(
        target_.unmade->Make(Transaction(context).lake(), StatementState::DeadlineOf(context)));
    OrThrow(delta::CheckWritable(made->snapshot().protocol(), made->snapshot().metadata()));
    return made;
  }

  InsertTarget target_;
  duckdb::Catalog& catalog_;
  duckdb::vector<duckdb::string> names_;
  duckdb::vector<duckdb::LogicalType> columns_;
};

[[noreturn]] void Refuse(std::string why) {
  ThrowError({ErrorKind::kUnsupported, std::move(why), {}, -1});
}

InsertTarget TargetOf(duckdb::TableCatalogEntry& table) {
  if (const auto* unmade = dynamic_cast<UnmadeEntry*>(&table)) {
    const UnmadeTable& made = unmade->table();
    return {made.location, ScanColumns(made.metadata), nullptr, made};
  }
  const auto* stored = dynamic_cast<DeltaEntry*>(&table);
  if (stored == nullptr) Refuse("only Delta tables can be changed, not " + table.name);
  const auto& snapshot = stored->source()->snapshot();
  OrThrow(delta::CheckWritable(snapshot.protocol(), snapshot.metadata()));
  return {stored->location(), stored->source()->columns(), stored->source()};
}

}  // namespace

duckdb::PhysicalOperator& PlanLakeInsert(duckdb::ClientContext& context,
                                         duckdb::PhysicalPlanGenerator& planner,
                                         duckdb::LogicalInsert& insert,
                                         duckdb::PhysicalOperator* plan) {
  if (insert.return_chunk) Refuse("RETURNING is not supported");
  if (insert.on_conflict_info.action_type != duckdb::OnConflictAction::THROW) {
    Refuse("ON CONFLICT is not supported");
  }
  auto target = TargetOf(insert.table);
  for (const ScanColumn& column : target.columns) {
    if (column.field.type.id == columnar::TypeId::kVariant) {
      Refuse("column " + column.field.name + " is a VARIANT, which cannot be written yet");
    }
  }
  if (target.source) {
    const auto root = target.source->store()->root().ToString();
    target.reads = ReadsOf(*plan, *target.source, StatementState::Of(context)->Scans(root));
  }
  if (!insert.column_index_map.empty()) plan = &planner.ResolveDefaultsProjection(insert, *plan);
  auto& sink = planner.Make<LakeInsert>(insert.types, std::move(target), insert.table.catalog,
                                        insert.estimated_cardinality);
  sink.children.push_back(*plan);
  return sink;
}

}  // namespace neuralake::engine
