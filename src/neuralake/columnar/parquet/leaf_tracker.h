#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/parquet/file_statistics.h"
#include "neuralake/columnar/types.h"

namespace arrow {
class Array;
class RecordBatch;
}  // namespace arrow

namespace parquet {
class FileMetaData;
}

namespace neuralake::columnar {

/// Gathers the statistics of a data file: most come for free with the Parquet footer, which leaves
/// NaN out and counts the nulls inside of lists instead of those of the list. These two are watched
/// here while batches pass.
class LeafTracker {
 public:
  LeafTracker(const Schema& schema, const ArrowNaming& naming);

  /// Look at `batch`, whose columns are those of the schema.
  void Watch(const arrow::RecordBatch& batch);

  /// The statistics of the file with this footer. Consistent only when all batches were watched.
  FileStatistics Gather(const parquet::FileMetaData& footer) const;

 private:
  struct Leaf {
    std::vector<std::string> path;
    std::vector<std::size_t> position;  // in the schema, then in each struct
    DataType type;
    int footer_column = -1;  // of the footer, when it is a plain leaf
    std::int64_t nulls = 0;  // of nested ones
    bool has_nan = false;
  };

  void AddLeaves(const std::vector<Field>& fields, const ArrowNaming& naming, Leaf& above);
  static void WatchLeaf(const arrow::RecordBatch& batch, Leaf& leaf);

  std::vector<Leaf> leaves_;
  int footer_columns_ = 0;
};

}  // namespace neuralake::columnar
