#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "neuralake/columnar/value.h"

namespace neuralake::serve {

/// Integers up to this size are exact in every JSON reader.
inline constexpr std::int64_t kExactInteger = std::int64_t{1} << 53;

void AppendInteger(std::int64_t value, std::string& out);

/// The shortest text that reads back as `value`; `NaN`, `Infinity`, `-Infinity`.
void AppendDouble(double value, std::string& out);
void AppendFloat(float value, std::string& out);

/// `2020-01-02`.
void AppendDate(std::int64_t days, std::string& out);

/// `2020-01-02T03:04:05`, `.123456` when there is a fraction. No zone.
///
/// \param separator  between day and time
void AppendTimestamp(std::int64_t micros, char separator, std::string& out);

/// A moment as the day it falls on and the microseconds since that day's midnight.
struct DayTime {
  std::int64_t days;
  std::int64_t micros;
};
DayTime SplitDay(std::int64_t micros);

/// `03:04:05`, `.123456` when there is a fraction.
///
/// \param micros  since midnight, up to a day
void AppendTimeOfDay(std::int64_t micros, std::string& out);

/// \source RFC 4648, section 4
void AppendBase64(std::string_view bytes, std::string& out);

/// Lower-case hexadecimal.
void AppendHex(std::string_view bytes, std::string& out);

}  // namespace neuralake::serve
