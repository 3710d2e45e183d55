#pragma once

#include <memory>
#include <vector>

#include "neuralake/engine/duck.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace neuralake::engine {

/// Turns DuckDB's chunks into Arrow batches, in the types in which answers leave the engine.
///
/// Throws what DuckDB throws. \threads one thread at a time
class ArrowChunks {
 public:
  /// \param types  as the statement returns them
  ArrowChunks(duckdb::ClientContext& context, const duckdb::vector<duckdb::string>& names,
              const duckdb::vector<duckdb::LogicalType>& types);

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }

  /// One batch of all rows of `chunks`, which are used up.
  std::shared_ptr<arrow::RecordBatch> Convert(
      std::vector<duckdb::unique_ptr<duckdb::DataChunk>>& chunks);

  /// One batch of the rows of `chunk`.
  std::shared_ptr<arrow::RecordBatch> Convert(duckdb::DataChunk& chunk);

 private:
  void Append(duckdb::ArrowAppender& appender, duckdb::DataChunk& chunk);
  std::shared_ptr<arrow::RecordBatch> Finish(duckdb::ArrowAppender& appender);

  duckdb::ClientContext& context_;
  duckdb::ClientProperties properties_;
  duckdb::vector<duckdb::LogicalType> types_;    ///< Of the answer.
  std::vector<std::size_t> cast_;                ///< Columns whose type changes.
  duckdb::vector<duckdb::LogicalType> targets_;  ///< What a column is cast to, by column.
  std::shared_ptr<arrow::Schema> schema_;
};

}  // namespace neuralake::engine
