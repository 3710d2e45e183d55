#include "neuralake/engine/change/lake_merge.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <duckdb/execution/operator/persistent/physical_merge_into.hpp>
#include <duckdb/execution/physical_plan_generator.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/operator/logical_merge_into.hpp>

#include "neuralake/engine/attach/lake_transaction.h"
#include "neuralake/engine/change/row_change.h"
#include "neuralake/engine/change/row_ids.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

using duckdb::MergeActionCondition;
using duckdb::MergeActionType;
using Expressions = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

/// The change that all actions of one MERGE make; new for each run.
struct MergeRun {
  std::unique_ptr<TableChange> change;
};

struct MergePart final : duckdb::LocalSinkState {
  delta::RowSet rows;
  std::uint64_t named = 0;
  duckdb::DataChunk values;
};

/// What happens to the rows of one action: some leave, by the row ids in their columns, and others
/// come.
struct RowFlow {
  std::optional<duckdb::idx_t> row_id;  ///< Where the ids of rows that leave stand.
  bool once = true;                     ///< Whether two of them may not be the same.
  std::size_t values = 0;               ///< How many columns from the first are a row that comes.
};

class MergeAction final : public duckdb::PhysicalOperator {
 public:
  MergeAction(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> answer,
              std::shared_ptr<MergeRun> run, duckdb::vector<duckdb::LogicalType> columns,
              RowFlow flow)
      : duckdb::PhysicalOperator(plan, duckdb::PhysicalOperatorType::EXTENSION, std::move(answer),
                                 1),
        run_(std::move(run)),
        columns_(std::move(columns)),
        flow_(flow) {}

  bool IsSink() const override { return true; }
  bool ParallelSink() const override { return true; }

  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(
      duckdb::ExecutionContext&) const override {
    auto part = duckdb::make_uniq<MergePart>();
    part->values.InitializeEmpty(columns_);
    return part;
  }

  duckdb::SinkResultType Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override {
    auto& part = input.local_state.Cast<MergePart>();
    if (flow_.row_id) {
      AddRowIds(chunk, {*flow_.row_id, *flow_.row_id + 1}, part.rows);
      part.named += chunk.size();
    }
    if (flow_.values == 0) return duckdb::SinkResultType::NEED_MORE_INPUT;
    for (std::size_t i = 0; i < flow_.values; ++i) part.values.data[i].Reference(chunk.data[i]);
    part.values.SetCardinality(chunk.size());
    run_->change->Insert(context.client, part.values,
                         flow_.row_id ? Incoming::kChanged : Incoming::kNew);
    return duckdb::SinkResultType::NEED_MORE_INPUT;
  }

  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext&,
                                        duckdb::OperatorSinkCombineInput& input) const override {
    auto& part = input.local_state.Cast<MergePart>();
    if (flow_.row_id && flow_.values > 0) {
      run_->change->Replace(part.rows, part.named);
    } else if (flow_.once) {
      run_->change->RemoveOnce(part.rows, part.named);
    } else {
      run_->change->Remove(part.rows);
    }
    return duckdb::SinkCombineResultType::FINISHED;
  }

 private:
  const std::shared_ptr<MergeRun> run_;
  const duckdb::vector<duckdb::LogicalType> columns_;
  const RowFlow flow_;
};

class LakeMerge final : public duckdb::PhysicalMergeInto {
 public:
  using Actions =
      std::map<MergeActionCondition, duckdb::vector<duckdb::unique_ptr<duckdb::MergeIntoOperator>>>;

  LakeMerge(duckdb::PhysicalPlan& plan, const duckdb::LogicalMergeInto& statement,
            ChangePlan change, std::shared_ptr<MergeRun> run, Actions planned)
      : duckdb::PhysicalMergeInto(plan, statement.types, std::move(planned), statement.row_id_start,
                                  statement.source_marker, /*parallel=*/true,
                                  /*return_chunk=*/false),
        plan_(std::move(change)),
        run_(std::move(run)) {}

  duckdb::string GetName() const override { return "DELTA_MERGE"; }

  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(
      duckdb::ClientContext& context) const override {
    run_->change = std::make_unique<TableChange>(plan_.target, "MERGE");
    return PhysicalMergeInto::GetGlobalSinkState(context);
  }

  duckdb::SinkFinalizeType Finalize(duckdb::Pipeline& pipeline, duckdb::Event& event,
                                    duckdb::ClientContext& context,
                                    duckdb::OperatorSinkFinalizeInput& input) const override {
    const auto done = PhysicalMergeInto::Finalize(pipeline, event, context, input);
    auto& transaction = duckdb::Transaction::Get(context, plan_.catalog).Cast<LakeTransaction>();
    OrThrow(transaction.Change(run_->change->Finish(context, plan_.reads)));
    return done;
  }

 private:
  const ChangePlan plan_;
  const std::shared_ptr<MergeRun> run_;
};

/// Plans the actions of one MERGE.
class ActionPlanner {
 public:
  ActionPlanner(duckdb::PhysicalPlanGenerator& planner, duckdb::LogicalMergeInto& statement,
                const DeltaSource& source, const duckdb::PhysicalOperator& rows,
                std::shared_ptr<MergeRun> run)
      : planner_(planner), statement_(statement), rows_(rows), run_(std::move(run)) {
    for (const ScanColumn& column : source.columns()) columns_.push_back(column.type);
  }

  duckdb::unique_ptr<duckdb::MergeIntoOperator> Plan(duckdb::BoundMergeIntoAction& action,
                                                     bool only_deletes) {
    auto planned = duckdb::make_uniq<duckdb::MergeIntoOperator>();
    planned->action_type = action.action_type;
    planned->condition = std::move(action.condition);
    switch (action.action_type) {
      case MergeActionType::MERGE_UPDATE:
        planned->expressions = Updated(action);
        planned->op = Sink({.row_id = columns_.size(), .values = columns_.size()});
        break;
      case MergeActionType::MERGE_DELETE:
        planned->op = Sink({.row_id = statement_.row_id_start, .once = !only_deletes});
        break;
      case MergeActionType::MERGE_INSERT:
        planned->expressions = Inserted(action);
        planned->op = Sink({.row_id = std::nullopt, .values = columns_.size()});
        break;
      default:
        planned->expressions = std::move(action.expressions);  // DO NOTHING, ERROR
    }
    return planned;
  }

 private:
  duckdb::PhysicalOperator& Sink(RowFlow flow) {
    return planner_.Make<MergeAction>(statement_.types, run_, columns_, flow);
  }

  duckdb::unique_ptr<duckdb::Expression> Null(std::size_t column) const {
    return duckdb::make_uniq<duckdb::BoundConstantExpression>(duckdb::Value(columns_[column]));
  }

  /// All columns of the row that comes, then the id of the row that leaves.
  Expressions Updated(duckdb::BoundMergeIntoAction& action) const {
    Expressions values(columns_.size());
    for (std::size_t i = 0; i < action.columns.size(); ++i) {
      auto& value = action.expressions[i];
      if (value->GetExpressionType() == duckdb::ExpressionType::VALUE_DEFAULT) continue;
      values.at(action.columns[i].index) = std::move(value);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!values[i]) values[i] = Null(i);
    }
    for (const duckdb::idx_t id : {statement_.row_id_start, statement_.row_id_start + 1}) {
      values.push_back(duckdb::make_uniq<duckdb::BoundReferenceExpression>(rows_.types.at(id), id));
    }
    return values;
  }

  Expressions Inserted(duckdb::BoundMergeIntoAction& action) const {
    if (action.column_index_map.empty()) return std::move(action.expressions);
    Expressions values;
    for (const auto& column : statement_.table.GetColumns().Physical()) {
      const auto place = action.column_index_map[column.Physical()];
      values.push_back(place == duckdb::DConstants::INVALID_INDEX
                           ? Null(column.Physical().index)
                           : std::move(action.expressions[place]));
    }
    return values;
  }

  duckdb::PhysicalPlanGenerator& planner_;
  duckdb::LogicalMergeInto& statement_;
  const duckdb::PhysicalOperator& rows_;
  const std::shared_ptr<MergeRun> run_;
  duckdb::vector<duckdb::LogicalType> columns_;
};

/// Whether all that happens to matched rows is that they go, so that it matters little how many
/// rows of the source match one.
bool OnlyDeletes(const duckdb::LogicalMergeInto& statement) {
  const auto matched = statement.actions.find(MergeActionCondition::WHEN_MATCHED);
  if (matched == statement.actions.end()) return true;
  return std::ranges::all_of(matched->second, [](const auto& action) {
    return action->action_type == MergeActionType::MERGE_DELETE && !action->condition;
  });
}

}  // namespace

duckdb::PhysicalOperator& PlanLakeMerge(duckdb::ClientContext& context,
                                        duckdb::PhysicalPlanGenerator& planner,
                                        duckdb::LogicalMergeInto& statement,
                                        duckdb::PhysicalOperator& rows) {
  auto plan = PlanChange(context, statement.table, rows, statement.return_chunk);
  const auto run = std::make_shared<MergeRun>();
  const bool only_deletes = OnlyDeletes(statement);
  ActionPlanner actions(planner, statement, *plan.target.source, rows, run);
  LakeMerge::Actions planned;
  for (auto& [condition, list] : statement.actions) {
    for (auto& action : list) planned[condition].push_back(actions.Plan(*action, only_deletes));
  }
  auto& merge = planner.Make<LakeMerge>(statement, std::move(plan), run, std::move(planned));
  merge.children.push_back(rows);
  return merge;
}

}  // namespace neuralake::engine
