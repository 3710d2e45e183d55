#include "neuralake/serve/pgwire/parameters.h"

#include <algorithm>
#include <bit>
#include <string>

#include <fmt/format.h>

#include "neuralake/base/words.h"
#include "neuralake/columnar/decimal_text.h"
#include "neuralake/serve/format/postgres_time.h"
#include "neuralake/serve/format/value_text.h"
#include "neuralake/serve/pgvalue/binary.h"
#include "neuralake/serve/pgvalue/types.h"
#include "neuralake/serve/pgwire/reader.h"

namespace neuralake::serve {
namespace {

using columnar::TypeId;
using columnar::Value;

constexpr int kDecimalDigitsMax = 38;

Value Make(TypeId id, decltype(Value::data) data) {
  return {columnar::DataType{id, 0, 0, {}}, std::move(data)};
}

std::optional<TypeId> TypeOf(std::uint32_t oid) {
  switch (oid) {
    case 16:
      return TypeId::kBoolean;
    case 17:
      return TypeId::kBinary;
    case 20:
    case 26:
      return TypeId::kLong;
    case 21:
      return TypeId::kShort;
    case 23:
      return TypeId::kInteger;
    case 700:
      return TypeId::kFloat;
    case 701:
      return TypeId::kDouble;
    case 1082:
      return TypeId::kDate;
    case 1114:
      return TypeId::kTimestampNtz;
    case 1184:
      return TypeId::kTimestamp;
    case 1700:
      return TypeId::kDecimal;
    default:
      return std::nullopt;
  }
}

bool IsText(std::uint32_t oid) {
  return oid == 0 || oid == 18 || oid == 19 || oid == 25 || oid == 114 || oid == 705 ||
         oid == 1042 || oid == 1043;
}

std::unexpected<Error> NotOf(std::string_view text, std::uint32_t oid) {
  return Coded(Fail(ErrorKind::kInvalid,
                    fmt::format("parameter `{}` is not of type {}", text, SqlNameOfOid(oid))),
               "22P02");
}

/// A decimal with as many digits as its text has.
Result<Value> Decimal(std::string_view text) {
  const auto point = text.find('.');
  const auto scale = point == std::string_view::npos ? 0 : text.size() - point - 1;
  const bool plain = text.find_first_not_of("+-.0123456789") == std::string_view::npos;
  if (plain && scale <= kDecimalDigitsMax) {
    if (const auto decimal =
            columnar::ParseDecimal(text, kDecimalDigitsMax, static_cast<int>(scale))) {
      columnar::DataType type{
          TypeId::kDecimal, kDecimalDigitsMax, static_cast<std::uint8_t>(scale), {}};
      return Value{type, *decimal};
    }
  }
  // Exponents, `NaN` and more digits than a decimal has: as a double, as far as that goes.
  auto value = columnar::ParsePartitionValue(text, {TypeId::kDouble, 0, 0, {}});
  if (!value) return NotOf(text, 1700);
  return *std::move(value);
}

Result<Value> Boolean(std::string_view sent) {
  const std::string text = Folded(sent);
  for (const std::string_view yes : {"t", "true", "1", "on", "yes", "y"}) {
    if (text == yes) return Make(TypeId::kBoolean, true);
  }
  for (const std::string_view no : {"f", "false", "0", "off", "no", "n"}) {
    if (text == no) return Make(TypeId::kBoolean, false);
  }
  return NotOf(sent, 16);
}

Result<Value> Bytea(std::string_view text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return NotOf(text, 17);
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string bytes;
  for (std::size_t i = 2; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return NotOf(text, 17);
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return Make(TypeId::kBinary, std::move(bytes));
}

Result<Value> Time(std::uint32_t oid, std::string_view text, std::optional<std::int64_t> value) {
  if (!value) return NotOf(text, oid);
  return Make(*TypeOf(oid), *value);
}

Result<Value> FromText(std::uint32_t oid, std::string_view text) {
  if (oid == 16) return Boolean(text);
  if (oid == 17) return Bytea(text);
  if (oid == 1700) return Decimal(text);
  if (oid == 1082) return Time(oid, text, ParsePostgresDate(text));
  if (oid == 1114 || oid == 1184) {
    return Time(oid, text, ParsePostgresTimestamp(text, /*zoned=*/oid == 1184));
  }
  const auto type = TypeOf(oid);
  if (!type) return Make(TypeId::kString, std::string(text));
  if (text.empty()) return NotOf(text, oid);
  auto value = columnar::ParsePartitionValue(text, {*type, 0, 0, {}});
  if (!value) return NotOf(text, oid);
  return *std::move(value);
}

/// A date or timestamp by its distance from PostgreSQL's epoch, 2000-01-01.
///
/// \param infinite  what stands for infinity; what is below its negative stands for minus infinity
Result<Value> FromEpoch(std::uint32_t oid, std::int64_t sent, std::int64_t epoch,
                        std::int64_t infinite) {
  const TypeId type = *TypeOf(oid);
  if (sent == infinite) return Make(type, infinite);
  if (sent < -infinite) return Make(type, -infinite);
  if (sent >= infinite - epoch || sent <= -infinite) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("a binary parameter of type {} is out of range", SqlNameOfOid(oid)));
  }
  return Make(type, sent + epoch);
}

Result<std::string> UuidText(PgReader& reader) {
  std::string text;
  for (const char byte : TRY(reader.Bytes(16))) {
    // After 4, 6, 8 and 10 bytes.
    const auto written = text.size();
    if (written == 8 || written == 13 || written == 18 || written == 23) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

/// The text of an interval, which is sent as microseconds, days and months.
Result<std::string> IntervalText(PgReader& reader) {
  const std::int64_t micros = TRY(reader.Int64());
  const std::int32_t days = TRY(reader.Int32());
  const std::int32_t months = TRY(reader.Int32());
  return fmt::format("{} months {} days {} microseconds", months, days, micros);
}

Result<std::string> TimeText(PgReader& reader) {
  constexpr std::int64_t kDay = 86'400'000'000;
  const std::int64_t micros = TRY(reader.Int64());
  if (micros < 0 || micros > kDay) return Fail(ErrorKind::kInvalid, "a time is out of range");
  std::string text;
  AppendTimeOfDay(micros, text);
  return text;
}

Result<Value> FromBinary(std::uint32_t oid, std::string_view bytes) {
  if (IsText(oid)) return Make(TypeId::kString, std::string(bytes));
  PgReader reader(bytes);
  std::optional<Value> value;
  switch (oid) {
    case 16:
      value = Make(TypeId::kBoolean, TRY(reader.Byte()) != 0);
      break;
    case 17:
      return Make(TypeId::kBinary, std::string(bytes));
    case 21:
      value = Make(TypeId::kShort, std::int64_t{TRY(reader.Int16())});
      break;
    case 23:
      value = Make(TypeId::kInteger, std::int64_t{TRY(reader.Int32())});
      break;
    case 26:
      value = Make(TypeId::kLong, std::int64_t{static_cast<std::uint32_t>(TRY(reader.Int32()))});
      break;
    case 700:
      value = Make(TypeId::kFloat, double{std::bit_cast<float>(TRY(reader.Int32()))});
      break;
    case 1082:
      value = TRY(FromEpoch(oid, TRY(reader.Int32()), kPgEpochDays, kInfiniteDays));
      break;
    case 20:
      value = Make(TypeId::kLong, TRY(reader.Int64()));
      break;
    case 701:
      value = Make(TypeId::kDouble, std::bit_cast<double>(TRY(reader.Int64())));
      break;
    case 1114:
    case 1184:
      value = TRY(FromEpoch(oid, TRY(reader.Int64()), kPgEpochMicros, kInfiniteMicros));
      break;
    case 1700:
      return Decimal(TRY(DecodeNumeric(bytes)));
    case 1083:
      value = Make(TypeId::kString, TRY(TimeText(reader)));
      break;
    case 1186:
      value = Make(TypeId::kString, TRY(IntervalText(reader)));
      break;
    case 2950:
      value = Make(TypeId::kString, TRY(UuidText(reader)));
      break;
    default:
      return Fail(ErrorKind::kUnsupported,
                  fmt::format("a binary parameter of type number {} is not understood", oid));
  }
  TRY(reader.End());
  return *std::move(value);
}

/// `text` in quotes, as DuckDB reads it in the text of a list.
std::string QuoteElement(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

/// The text of one element inside DuckDB's text of a list.
Result<std::string> ElementText(std::uint32_t oid, std::int16_t format,
                                std::optional<std::string_view> bytes) {
  if (!bytes) return "NULL";
  const Value value = TRY(ParameterValue(oid, format, bytes));
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    if (oid == 17) return Fail(ErrorKind::kUnsupported, "arrays of bytea cannot be parameters");
    return QuoteElement(*text);
  }
  const bool time = oid == 1082 || oid == 1114 || oid == 1184;
  const std::int64_t infinite = oid == 1082 ? kInfiniteDays : kInfiniteMicros;
  const auto* number = std::get_if<std::int64_t>(&value.data);
  if (time && *number == infinite) return "infinity";
  if (time && *number == -infinite) return "-infinity";
  // DuckDB takes no sign before a year that is after 9999.
  std::string written = columnar::FormatPartitionValue(value);
  if (time && written.starts_with('+')) written.erase(0, 1);
  return written;
}

std::unexpected<Error> Malformed(std::string message) {
  return Coded(Fail(ErrorKind::kInvalid, std::move(message)), "22P02");
}

/// Take one element of `{a,"b\"c",NULL}` from `rest`, which begins with it.
Result<std::optional<std::string>> TakeElement(std::string_view& rest) {
  std::string text;
  if (!rest.starts_with('"')) {
    const std::string_view bare = rest.substr(0, rest.find_first_of(",}"));
    rest.remove_prefix(bare.size());
    if (bare.contains('{')) {
      return Fail(ErrorKind::kUnsupported, "arrays of arrays cannot be parameters");
    }
    if (bare == "NULL") return std::optional<std::string>();
    return std::optional(std::string(bare));
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return std::optional(std::move(text));
    }
    if (rest[i] == '\\') ++i;
    if (i < rest.size()) text.push_back(rest[i]);
  }
  return Malformed("a quote in an array parameter is not closed");
}

Result<std::string> ListFromText(std::uint32_t element, std::string_view text) {
  if (!text.starts_with('{') || !text.ends_with('}')) {
    return Malformed("an array parameter is not in braces");
  }
  std::string list = "[";
  std::string_view rest = text.substr(1);
  while (rest != "}") {
    const auto item = TRY(TakeElement(rest));
    if (list.size() > 1) list += ", ";
    list +=
        TRY(ElementText(element, 0, item ? std::optional<std::string_view>(*item) : std::nullopt));
    if (rest.starts_with(',')) {
      rest.remove_prefix(1);
    } else if (rest != "}") {
      return Malformed("an array parameter goes on after its end");
    }
  }
  return list + "]";
}

Result<std::string> ListFromBinary(std::string_view bytes) {
  PgReader reader(bytes);
  const std::int32_t dimensions = TRY(reader.Int32());
  TRY(reader.Int32());  // whether there are nulls: each element says so itself
  const auto element = static_cast<std::uint32_t>(TRY(reader.Int32()));
  if (dimensions == 0) return "[]";
  if (dimensions != 1) {
    return Fail(ErrorKind::kUnsupported, "arrays of arrays cannot be parameters");
  }
  const std::int32_t count = TRY(reader.Int32());
  TRY(reader.Int32());  // the lower bound
  std::string list = "[";
  for (std::int32_t i = 0; i < count; ++i) {
    if (i > 0) list += ", ";
    list += TRY(ElementText(element, 1, TRY(reader.Value())));
  }
  TRY(reader.End());
  return list + "]";
}

/// A null has its type too: the columns of an answer must not hang on whether a value is null.
Value Null(std::uint32_t oid) {
  const auto type = TypeOf(oid);
  if (type == TypeId::kDecimal) return {columnar::DataType{TypeId::kDecimal, 1, 0, {}}, {}};
  if (type) return Make(*type, {});
  return Make(ElementOidOf(oid) ? TypeId::kVoid : TypeId::kString, {});
}

}  // namespace

Result<Value> ParameterValue(std::uint32_t oid, std::int16_t format,
                             std::optional<std::string_view> bytes) {
  const auto element = ElementOidOf(oid);
  if (!bytes) return Null(oid);
  if (element) {
    return Make(TypeId::kString,
                format == 0 ? TRY(ListFromText(*element, *bytes)) : TRY(ListFromBinary(*bytes)));
  }
  return format == 0 ? FromText(oid, *bytes) : FromBinary(oid, *bytes);
}

std::string NumericListType(std::string_view list) {
  std::size_t whole = 1;
  std::size_t scale = 0;
  list.remove_prefix(1);
  while (!list.empty()) {
    const std::size_t end = list.find_first_of(",]");
    std::string_view number = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    number.remove_prefix(std::min(number.find_first_not_of(" -"), number.size()));
    if (number == "NULL" || number.empty()) continue;
    if (number.find_first_not_of(".0123456789") != std::string_view::npos) return "DOUBLE[]";
    const std::size_t point = std::min(number.find('.'), number.size());
    whole = std::max(whole, point);
    scale = std::max(scale, number.size() - std::min(point + 1, number.size()));
  }
  if (whole + scale > kDecimalDigitsMax) return "DOUBLE[]";
  return fmt::format("DECIMAL({},{})[]", whole + scale, scale);
}

}  // namespace neuralake::serve
