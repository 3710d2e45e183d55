#include "neuralake/delta/data/bound_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "neuralake/columnar/decimal_text.h"
#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/delta/limits.h"

namespace neuralake::delta {
namespace {

using columnar::TypeId;
using columnar::Value;

constexpr std::int64_t kMicrosPerMilli = 1000;
constexpr std::int64_t kMillisPerDay = 86'400'000;

std::int64_t FloorDivide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// Years of four digits, which every reader takes.
bool IsPlainDay(std::int64_t days) {
  const auto year = columnar::CivilFromDays(days).year;
  return year >= 1 && year <= 9999;
}

std::optional<std::string> TimeText(std::int64_t micros, bool up, bool is_instant) {
  std::int64_t millis = FloorDivide(micros, kMicrosPerMilli);
  if (up && millis * kMicrosPerMilli != micros) ++millis;
  const std::int64_t days = FloorDivide(millis, kMillisPerDay);
  if (!IsPlainDay(days)) return std::nullopt;
  const std::int64_t rest = millis - days * kMillisPerDay;
  return fmt::format("\"{}T{:02}:{:02}:{:02}.{:03}{}\"", columnar::FormatDate(days),
                     rest / 3'600'000, rest / 60'000 % 60, rest / 1000 % 60, rest % 1000,
                     is_instant ? "Z" : "");
}

std::optional<std::string> FloatText(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return std::string(text, end);
}

// Bytes of the first `kStatsStringCharsMax` characters.
std::size_t PrefixBytes(std::string_view text) {
  std::size_t chars = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && chars++ == kStatsStringCharsMax) return i;
  }
  return text.size();
}

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

std::uint32_t DecodeUtf8(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return lead;
  std::uint32_t code = lead & (0xFFU >> (character.size() + 1));
  for (const char byte : character.substr(1)) {
    code = code << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  return code;
}

// `prefix` with its last character raised: greater than every text that begins with `prefix`.
std::optional<std::string> RaiseLast(std::string_view prefix) {
  std::size_t last = prefix.size() - 1;
  while ((static_cast<unsigned char>(prefix[last]) & 0xC0) == 0x80) --last;
  std::uint32_t code = DecodeUtf8(prefix.substr(last)) + 1;
  if (code == 0xD800) code = 0xE000;  // surrogates are no characters
  if (code > 0x10FFFF) return std::nullopt;
  std::string raised(prefix.substr(0, last));
  AppendUtf8(code, raised);
  return raised;
}

std::optional<std::string> StringText(std::string_view text, bool up) {
  const std::size_t bytes = PrefixBytes(text);
  if (bytes == text.size()) return columnar::JsonString(text);
  if (!up) return columnar::JsonString(text.substr(0, bytes));
  const auto raised = RaiseLast(text.substr(0, bytes));
  if (!raised) return std::nullopt;
  return columnar::JsonString(*raised);
}

std::optional<std::string> Text(const Value& value, bool up) {
  switch (value.type.id) {
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong:
      return std::to_string(std::get<std::int64_t>(value.data));
    case TypeId::kFloat:
    case TypeId::kDouble:
      return FloatText(std::get<double>(value.data));
    case TypeId::kDecimal:
      return columnar::FormatDecimal(std::get<columnar::Decimal>(value.data), value.type.scale);
    case TypeId::kString:
      return StringText(std::get<std::string>(value.data), up);
    case TypeId::kDate: {
      const auto days = std::get<std::int64_t>(value.data);
      if (!IsPlainDay(days)) return std::nullopt;
      return "\"" + columnar::FormatDate(days) + "\"";
    }
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return TimeText(std::get<std::int64_t>(value.data), up, value.type.id == TypeId::kTimestamp);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<std::string> LowerBoundText(const Value& value) { return Text(value, false); }

std::optional<std::string> UpperBoundText(const Value& value) { return Text(value, true); }

}  // namespace neuralake::delta
