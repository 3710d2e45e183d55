#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace arrow {
class Array;
}

namespace neuralake::delta {

/// The JSON of row `row` of `add.stats_parsed`, as `add.stats` would have it; nulls are left out.
/// Nothing when the row is null.
/// \source Delta PROTOCOL.md, "Per-file Statistics"
std::optional<std::string> StatsJson(const arrow::Array& stats, std::int64_t row);

/// The text of one cell of `add.partitionValues_parsed`, as `add.partitionValues` would have it.
/// Nothing for null.
/// \source Delta PROTOCOL.md, "Partition Value Serialization"
std::optional<std::string> PartitionText(const arrow::Array& values, std::int64_t row);

}  // namespace neuralake::delta
