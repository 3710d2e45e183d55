#include "neuralake/engine/change/lake_update.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <duckdb/execution/physical_plan_generator.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <duckdb/planner/operator/logical_projection.hpp>
#include <duckdb/planner/operator/logical_update.hpp>

#include "neuralake/engine/change/row_change.h"
#include "neuralake/engine/change/row_ids.h"

namespace neuralake::engine {
namespace {

/// Where the value of a column stands in the rows of the plan; nothing for its default, null.
using Place = std::optional<duckdb::idx_t>;

struct UpdatePart final : duckdb::LocalSinkState {
  delta::RowSet rows;
  std::uint64_t count = 0;
  duckdb::DataChunk values;
};

class LakeUpdate final : public RowChange {
 public:
  /// \param places  one a column of the table
  LakeUpdate(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> answer,
             ChangePlan change, std::vector<Place> places, duckdb::idx_t cardinality)
      : RowChange(plan, std::move(answer), std::move(change), "UPDATE", cardinality),
        places_(std::move(places)) {
    for (const ScanColumn& column : target().source->columns()) columns_.push_back(column.type);
  }

  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(
      duckdb::ExecutionContext&) const override {
    auto part = duckdb::make_uniq<UpdatePart>();
    part->values.InitializeEmpty(columns_);
    return part;
  }

  duckdb::SinkResultType Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override {
    auto& part = input.local_state.Cast<UpdatePart>();
    AddRowIds(chunk, {chunk.ColumnCount() - 2, chunk.ColumnCount() - 1}, part.rows);
    part.count += chunk.size();
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (places_[i]) {
        part.values.data[i].Reference(chunk.data[*places_[i]]);
      } else {
        part.values.data[i].Reference(duckdb::Value(columns_[i]));
      }
    }
    part.values.SetCardinality(chunk.size());
    Of(input.global_state).Insert(context.client, part.values, Incoming::kChanged);
    return duckdb::SinkResultType::NEED_MORE_INPUT;
  }

  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext&,
                                        duckdb::OperatorSinkCombineInput& input) const override {
    const auto& part = input.local_state.Cast<UpdatePart>();
    Of(input.global_state).Replace(part.rows, part.count);
    return duckdb::SinkCombineResultType::FINISHED;
  }

 private:
  const std::vector<Place> places_;
  duckdb::vector<duckdb::LogicalType> columns_;
};

std::vector<Place> PlacesOf(const duckdb::LogicalUpdate& statement, std::size_t columns) {
  std::vector<Place> places(columns);
  for (std::size_t i = 0; i < statement.columns.size(); ++i) {
    const auto& value = *statement.expressions[i];
    if (value.GetExpressionType() == duckdb::ExpressionType::VALUE_DEFAULT) continue;
    places.at(statement.columns[i].index) = value.Cast<duckdb::BoundReferenceExpression>().index;
  }
  return places;
}

}  // namespace

duckdb::PhysicalOperator& PlanLakeUpdate(duckdb::ClientContext& context,
                                         duckdb::PhysicalPlanGenerator& planner,
                                         duckdb::LogicalUpdate& statement,
                                         duckdb::PhysicalOperator& rows) {
  auto plan = PlanChange(context, statement.table, rows, statement.return_chunk);
  auto places = PlacesOf(statement, plan.target.source->columns().size());
  auto& sink = planner.Make<LakeUpdate>(statement.types, std::move(plan), std::move(places),
                                        statement.estimated_cardinality);
  sink.children.push_back(rows);
  return sink;
}

void AddUntouchedColumns(const duckdb::TableCatalogEntry& table, duckdb::LogicalGet& scan,
                         duckdb::LogicalProjection& projection, duckdb::LogicalUpdate& update) {
  update.update_is_del_and_insert = true;
  for (const auto& column : table.GetColumns().Physical()) {
    if (std::ranges::find(update.columns, column.Physical()) != update.columns.end()) continue;
    // A scan that reads a column twice fails: one that the condition reads is there already.
    const auto& ids = scan.GetColumnIds();
    const auto found = std::ranges::find_if(
        ids, [&](const auto& id) { return id.GetPrimaryIndex() == column.Logical().index; });
    const auto place = static_cast<duckdb::idx_t>(found - ids.begin());
    if (found == ids.end()) scan.AddColumnId(column.Logical().index);
    update.expressions.push_back(duckdb::make_uniq<duckdb::BoundColumnRefExpression>(
        column.Type(),
        duckdb::ColumnBinding(projection.table_index, projection.expressions.size())));
    projection.expressions.push_back(duckdb::make_uniq<duckdb::BoundColumnRefExpression>(
        column.Type(), duckdb::ColumnBinding(scan.table_index, place)));
    update.columns.push_back(column.Physical());
  }
}

}  // namespace neuralake::engine
