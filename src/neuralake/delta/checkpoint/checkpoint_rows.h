#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/log/action_sink.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace neuralake::delta {

/// The columns of a classic checkpoint.
/// \source Delta PROTOCOL.md, "Checkpoint Schema"
std::shared_ptr<arrow::Schema> CheckpointSchema();

/// Collects actions as rows of a checkpoint: one action a row, in its own column.
///
/// \threads one thread at a time
class CheckpointRows {
 public:
  CheckpointRows();
  ~CheckpointRows();

  Status Add(const Protocol& protocol);
  Status Add(const Metadata& metadata);
  Status Add(const SetTransaction& transaction);
  Status Add(const DomainMetadata& domain);
  Status Add(const FileView& file);

  std::int64_t rows() const;

  /// Hand over the rows since the last call.
  Result<std::shared_ptr<arrow::RecordBatch>> Take();

 private:
  struct Columns;
  std::unique_ptr<Columns> columns_;
};

}  // namespace neuralake::delta
