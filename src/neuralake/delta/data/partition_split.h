#pragma once

#include <memory>
#include <string>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/delta/data/partition_path.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::delta {

/// Rows of one partition.
struct PartitionRows {
  std::vector<PartitionStep> partition;
  std::shared_ptr<arrow::RecordBatch> rows;  ///< Without the partition columns.
};

/// A partition column of a schema.
struct PartitionColumn {
  int position;  ///< In the schema.
  columnar::DataType type;
  std::string stored_name;
};

/// Take `batch` apart by the values of `columns`; rows keep their order within a partition. The
/// empty text is null. Without columns, one part of all rows.
Result<std::vector<PartitionRows>> SplitByPartition(
    const std::shared_ptr<arrow::RecordBatch>& batch, const std::vector<PartitionColumn>& columns);

}  // namespace neuralake::delta
