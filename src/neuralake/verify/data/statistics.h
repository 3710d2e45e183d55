#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/verify/json.h"

namespace neuralake::verify {

/// A column by the names of its levels, as the log has them.
using ColumnPath = std::vector<std::string>;

/// A value as JSON writes it: its digits are kept.
struct Scalar {
  std::string text;
  bool quoted = false;
};

/// The statistics of a file, flat.
/// \source Delta PROTOCOL.md, "Per-file Statistics"
struct Statistics {
  std::optional<std::int64_t> num_records;
  bool tight = true;
  std::map<ColumnPath, Scalar> min;
  std::map<ColumnPath, Scalar> max;
  std::map<ColumnPath, std::int64_t> null_count;
};

/// \errors kCorruption  no JSON object, or a member of the wrong type
Result<Statistics> ParseStatistics(std::string_view text);

}  // namespace neuralake::verify
