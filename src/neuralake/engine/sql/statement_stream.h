#pragma once

#include <memory>

#include "neuralake/engine/duck.h"
#include "neuralake/engine/executor.h"
#include "neuralake/engine/scan_counts.h"
#include "neuralake/engine/sql/admission.h"
#include "neuralake/engine/sql/instance.h"
#include "neuralake/engine/sql/running.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/sql/watchdog.h"
#include "neuralake/engine/types/arrow_chunk.h"

namespace neuralake::engine {

/// What a statement runs on. Members are dropped in the reverse order.
struct StatementContext {
  Slot slot;
  std::shared_ptr<Instance> instance;
  duckdb::unique_ptr<duckdb::Connection> connection;
  duckdb::shared_ptr<StatementState> state;
  std::unique_ptr<Watchdog::Watch> watch;
  std::string sent;   ///< The statement as the client sent it.
  RewrittenSql text;  ///< As DuckDB saw it.

  /// \param instance  on which `sql` will run
  static StatementContext Begin(Slot slot, std::shared_ptr<Instance> instance, std::string sql,
                                const Deadline& deadline);

  /// Ours for what went wrong, with its place in the statement as it was sent.
  Error Translate(const duckdb::ErrorData& data) const;
};

/// The rows of a statement that DuckDB runs.
class StatementStream final : public RowStream {
 public:
  /// Start the admitted statement.
  /// \errors those of the statement, as far as they show before the first row
  static Result<std::unique_ptr<RowStream>> Start(StatementContext context, Admitted admitted,
                                                  const Statement& statement, const Limits& limits);
  ~StatementStream() override;

  const columnar::Schema& columns() const override { return columns_; }
  std::shared_ptr<arrow::Schema> arrow_schema() const override;
  Result<std::shared_ptr<arrow::RecordBatch>> Next() override;
  bool truncated() const override { return truncated_; }
  const std::map<std::string, std::int64_t>& versions() const override;
  const std::string& command_tag() const override { return command_tag_; }
  std::optional<std::int64_t> rows_changed() const override { return rows_changed_; }
  void Cancel() override { context_.watch->Cancel(); }
  ScanCounts scan_counts() const;

 private:
  StatementStream(StatementContext context, std::string command_tag, const Limits& limits);

  static Result<std::unique_ptr<RowStream>> Opened(std::unique_ptr<StatementStream> stream,
                                                   duckdb::unique_ptr<duckdb::QueryResult> result,
                                                   bool changes);
  void Open(duckdb::unique_ptr<duckdb::QueryResult> result, bool changes);
  std::shared_ptr<arrow::RecordBatch> Fetch();
  duckdb::unique_ptr<duckdb::DataChunk> FetchChunk();
  duckdb::unique_ptr<duckdb::DataChunk> FetchPart(std::size_t& bytes);

  StatementContext context_;
  std::string command_tag_;
  std::optional<std::uint64_t> rows_left_;  ///< Before the answer is cut.
  duckdb::unique_ptr<duckdb::QueryResult> result_;
  std::unique_ptr<ArrowChunks> chunks_;
  columnar::Schema columns_;
  bool first_ = true;
  bool drained_ = false;  ///< DuckDB has given all rows; asking again would be an error.
  duckdb::unique_ptr<duckdb::DataChunk> rest_;  ///< What the last batch had no room for.
  bool ended_ = false;
  bool truncated_ = false;
  std::optional<std::int64_t> rows_changed_;
  mutable std::map<std::string, std::int64_t> versions_;
};

/// What an admitted statement would return and takes. Runs nothing.
Result<Description> DescribeAdmitted(const StatementContext& context, Admitted admitted);

/// The parameters of `statement` for DuckDB: `1`, `2`, … and the named ones.
duckdb::case_insensitive_map_t<duckdb::BoundParameterData> BindParameters(
    const Statement& statement);

}  // namespace neuralake::engine
