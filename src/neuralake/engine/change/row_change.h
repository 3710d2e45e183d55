#pragma once

#include <string>

#include "neuralake/delta/table.h"
#include "neuralake/engine/change/table_change.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// What a statement that changes rows has decided before it runs.
struct ChangePlan {
  ChangeTarget target;
  delta::ReadSet reads;  ///< Of the table that it changes.
  duckdb::Catalog& catalog;
};

/// The plan of a change of `table` by the rows of `rows`.
/// Throws as `ChangeTargetOf`, and when `returning` is asked for.
ChangePlan PlanChange(duckdb::ClientContext& context, duckdb::TableCatalogEntry& table,
                      const duckdb::PhysicalOperator& rows, bool returning);

struct RowChangeState final : duckdb::GlobalSinkState {
  RowChangeState(const ChangeTarget& target, std::string operation)
      : change(target, std::move(operation)) {}
  TableChange change;
};

/// The sink of DELETE and UPDATE: its parts collect into one `TableChange`, which is noted with the
/// transaction at the end. Answers how many rows it changed.
class RowChange : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;

  /// \param operation  as the history of the table names it: `DELETE`
  RowChange(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> answer,
            ChangePlan change, std::string operation, duckdb::idx_t cardinality);

  duckdb::string GetName() const override { return "DELTA_" + operation_; }
  bool IsSink() const override { return true; }
  bool ParallelSink() const override { return true; }
  bool IsSource() const override { return true; }

  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(
      duckdb::ClientContext&) const override;
  duckdb::SinkFinalizeType Finalize(duckdb::Pipeline&, duckdb::Event&,
                                    duckdb::ClientContext& context,
                                    duckdb::OperatorSinkFinalizeInput& input) const override;

 protected:
  static TableChange& Of(duckdb::GlobalSinkState& state) {
    return state.Cast<RowChangeState>().change;
  }
  const ChangeTarget& target() const { return plan_.target; }

  duckdb::SourceResultType GetDataInternal(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                                           duckdb::OperatorSourceInput&) const override;

 private:
  const ChangePlan plan_;
  const std::string operation_;
};

}  // namespace neuralake::engine
