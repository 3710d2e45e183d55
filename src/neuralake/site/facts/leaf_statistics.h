#pragma once

#include <map>
#include <memory>
#include <string>

#include "neuralake/site/facts/facts.h"

namespace parquet {
class FileMetaData;
class Statistics;
}  // namespace parquet

namespace neuralake::site {

/// Nulls and bounds of every leaf column, merged over row groups and files.
class LeafStatistics {
 public:
  /// Take in the footer of one more file. Leaves are matched by their dotted path.
  void Add(const std::shared_ptr<parquet::FileMetaData>& footer);

  /// Fill in what is known of the column at `facts.name`.
  void Describe(ColumnFacts& facts) const;

 private:
  struct Leaf {
    std::shared_ptr<parquet::FileMetaData> owner;  ///< Keeps the descriptor of `merged` alive.
    std::shared_ptr<parquet::Statistics> merged;   ///< Null when no chunk had values.
    std::int64_t null_count = 0;
    bool nulls_known = true;
    bool bounds_known = true;
  };

  std::map<std::string, Leaf> leaves_;
};

}  // namespace neuralake::site
