#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/site/facts/facts.h"

namespace neuralake::site {

/// Adds up files by their partition values.
class PartitionCount {
 public:
  using Values = std::vector<std::optional<std::string>>;

  /// One more file; `rows` is nothing when unknown.
  void Add(Values values, std::int64_t bytes, std::optional<std::int64_t> rows);

  /// Put the largest partitions, and how many there are, into `facts`.
  void Fill(TableFacts& facts) const;

 private:
  std::map<Values, PartitionFacts> partitions_;
};

}  // namespace neuralake::site
