#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace neuralake::columnar {

/// A day of the proleptic Gregorian calendar.
struct CivilDay {
  std::int64_t year = 1970;
  int month = 1;  ///< 1..12
  int day = 1;    ///< 1..31
};

/// Days since 1970-01-01.
std::int64_t DaysFromCivil(const CivilDay& civil);
CivilDay CivilFromDays(std::int64_t days);

/// Days of `2020-01-02`; years of more digits or with a sign are allowed.
std::optional<std::int64_t> ParseDate(std::string_view text);
std::string FormatDate(std::int64_t days);

/// Microseconds since 1970 of `2020-01-02 03:04:05.123456`, with `T` for the blank, without
/// seconds or time of day, with a zone (`Z`, `+01:00`, `+0100`, ` UTC`) or none, which is UTC.
/// Digits beyond the microsecond are cut.
std::optional<std::int64_t> ParseTimestamp(std::string_view text);

/// `2020-01-02T03:04:05.123456Z`.
std::string FormatTimestampIso(std::int64_t micros);
/// `2020-01-02 03:04:05.123456`; without the fraction when it is zero.
std::string FormatTimestampPlain(std::int64_t micros);

}  // namespace neuralake::columnar
