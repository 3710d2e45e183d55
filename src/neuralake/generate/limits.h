#pragma once

#include <cstdint>

namespace neuralake::generate {

/// Rows of one batch: what is in memory at a time.
inline constexpr std::int64_t kBatchRows = 16'384;

/// Rows of one request: enough for every key to stay a 64-bit integer.
inline constexpr std::int64_t kRowsMax = 1'000'000'000'000;

/// Devices of `telemetry`: one small state each is held in memory.
inline constexpr std::int64_t kDevicesMax = 1'000'000;

/// Elements of a generated array.
inline constexpr std::int64_t kElementsMax = 4;

/// Different values of a column that a table is partitioned by: each becomes a folder.
inline constexpr std::int64_t kPartitionsMax = 12;

/// Steps of `telemetry` without a row before the request is refused as one without an end.
inline constexpr std::int64_t kSilentStepsMax = 1'000'000;

}  // namespace neuralake::generate
