#include "neuralake/columnar/value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "neuralake/base/check.h"
#include "neuralake/columnar/decimal_text.h"
#include "neuralake/columnar/time_text.h"

namespace neuralake::columnar {
namespace {

using enum TypeId;

std::optional<bool> ParseBool(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  if (lower == "true") return true;
  if (lower == "false") return false;
  return std::nullopt;
}

std::optional<std::int64_t> ParseInteger(std::string_view text, TypeId id) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  const int bits = id == kByte ? 8 : id == kShort ? 16 : id == kInteger ? 32 : 64;
  const std::int64_t max = std::numeric_limits<std::int64_t>::max() >> (64 - bits);
  if (number > max || number < -max - 1) return std::nullopt;
  return number;
}

std::optional<double> ParseDouble(std::string_view text, TypeId id) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (stop != end || failure == std::errc::invalid_argument) return std::nullopt;
  // Out of range leaves the number as it was; the nearest one is what other readers take.
  if (failure == std::errc::result_out_of_range)
    number = std::strtod(std::string(text).c_str(), nullptr);
  return id == kFloat ? static_cast<double>(static_cast<float>(number)) : number;
}

std::string FormatDouble(double number, bool single) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  std::string text =
      single ? fmt::format("{}", static_cast<float>(number)) : fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

template <class T>
std::optional<Value> Wrap(const DataType& type, std::optional<T> parsed) {
  if (!parsed) return std::nullopt;
  return Value{type, std::move(*parsed)};
}

std::optional<Value> ParseNonNull(std::string_view text, const DataType& type) {
  switch (type.id) {
    case kBoolean:
      return Wrap(type, ParseBool(text));
    case kByte:
    case kShort:
    case kInteger:
    case kLong:
      return Wrap(type, ParseInteger(text, type.id));
    case kFloat:
    case kDouble:
      return Wrap(type, ParseDouble(text, type.id));
    case kDecimal:
      return Wrap(type, ParseDecimal(text, type.precision, type.scale));
    case kString:
    case kBinary:
      return Value{type, std::string(text)};
    case kDate:
      return Wrap(type, ParseDate(text));
    case kTimestamp:
    case kTimestampNtz:
      return Wrap(type, ParseTimestamp(text));
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<Value> ParsePartitionValue(std::string_view text, const DataType& type) {
  if (text.empty()) return Value{type, std::monostate{}};
  auto value = ParseNonNull(text, type);
  if (!value) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("partition value '{}' is not of type {}", text, FormatType(type)));
  }
  return *std::move(value);
}

std::string FormatPartitionValue(const Value& value) {
  switch (value.type.id) {
    case kBoolean:
      return std::get<bool>(value.data) ? "true" : "false";
    case kByte:
    case kShort:
    case kInteger:
    case kLong:
      return std::to_string(std::get<std::int64_t>(value.data));
    case kFloat:
    case kDouble:
      return FormatDouble(std::get<double>(value.data), value.type.id == kFloat);
    case kDecimal:
      return FormatDecimal(std::get<Decimal>(value.data), value.type.scale);
    case kDate:
      return FormatDate(std::get<std::int64_t>(value.data));
    case kTimestamp:
      return FormatTimestampIso(std::get<std::int64_t>(value.data));
    case kTimestampNtz:
      return FormatTimestampPlain(std::get<std::int64_t>(value.data));
    default:
      NL_CHECK(std::holds_alternative<std::string>(value.data));
      return std::get<std::string>(value.data);
  }
}

}  // namespace neuralake::columnar
