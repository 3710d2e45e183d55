#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "neuralake/base/error.h"

namespace arrow {
class Array;
}

namespace neuralake::serve {

// Dates and timestamps as PostgreSQL writes and reads them, in days and microseconds since 1970.

/// What stands for `infinity` in a column of the engine; its negative stands for `-infinity`.
inline constexpr std::int64_t kInfiniteDays = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int64_t kInfiniteMicros = std::numeric_limits<std::int64_t>::max();

/// `2020-01-02`, `12000-01-01`, `0044-03-15 BC`, `infinity`.
void AppendPostgresDate(std::int64_t days, std::string& out);

/// `2020-01-02 03:04:05.123456`, with `+00` when `zoned`, and `BC` behind that.
void AppendPostgresTimestamp(std::int64_t micros, bool zoned, std::string& out);

/// Read a date. A time of day and a zone are passed over, as PostgreSQL passes over them.
std::optional<std::int64_t> ParsePostgresDate(std::string_view text);

/// Read a timestamp. Its zone, UTC when there is none, is passed over unless `zoned`.
std::optional<std::int64_t> ParsePostgresTimestamp(std::string_view text, bool zoned);

/// Find dates and timestamps that PostgreSQL's types cannot hold, also in arrays of them.
/// \errors kInvalid
/// \source PostgreSQL sources, datatype/timestamp.h
Status CheckPostgresRange(const arrow::Array& array);

}  // namespace neuralake::serve
