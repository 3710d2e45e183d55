#include "neuralake/columnar/types.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "neuralake/base/check.h"

namespace neuralake::columnar {
namespace {

using enum TypeId;

// Postgres names and numbers: pg_type.dat of PostgreSQL.
constexpr std::array kRows = {
    TypeRow{kBoolean, "boolean", "bool", "BOOLEAN", 16, "bool", "boolean", ""},
    TypeRow{kByte, "byte", "int8", "TINYINT", 21, "int2", "integer", "int32"},
    TypeRow{kShort, "short", "int16", "SMALLINT", 21, "int2", "integer", "int32"},
    TypeRow{kInteger, "integer", "int32", "INTEGER", 23, "int4", "integer", "int32"},
    TypeRow{kLong, "long", "int64", "BIGINT", 20, "int8", "integer", "int64"},
    TypeRow{kFloat, "float", "float32", "FLOAT", 700, "float4", "number", "float"},
    TypeRow{kDouble, "double", "float64", "DOUBLE", 701, "float8", "number", "double"},
    TypeRow{kDecimal, "decimal", "decimal", "DECIMAL", 1700, "numeric", "string", "decimal"},
    TypeRow{kString, "string", "string", "VARCHAR", 25, "text", "string", ""},
    TypeRow{kBinary, "binary", "binary", "BLOB", 17, "bytea", "string", "byte"},
    TypeRow{kDate, "date", "date", "DATE", 1082, "date", "string", "date"},
    TypeRow{kTimestamp, "timestamp", "timestamp", "TIMESTAMP WITH TIME ZONE", 1184, "timestamptz",
            "string", "date-time"},
    TypeRow{kTimestampNtz, "timestamp_ntz", "timestamp_ntz", "TIMESTAMP", 1114, "timestamp",
            "string", "local-date-time"},
    TypeRow{kVariant, "variant", "variant", "VARIANT", 114, "json", "object", ""},
    TypeRow{kVoid, "void", "void", "NULL", 25, "text", "string", ""},
};

bool SameNameIgnoringCase(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

}  // namespace

bool DataType::operator==(const DataType&) const = default;
bool Field::operator==(const Field&) const = default;

std::optional<std::string> Field::metadata_string(std::string_view key) const {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return std::nullopt;
  const auto json = nlohmann::json::parse(found->second, nullptr, /*allow_exceptions=*/false);
  if (!json.is_string()) return std::nullopt;
  return json.get<std::string>();
}

std::optional<std::int64_t> Field::metadata_integer(std::string_view key) const {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return std::nullopt;
  std::int64_t number = 0;
  const char* end = found->second.data() + found->second.size();
  const auto [stop, failure] = std::from_chars(found->second.data(), end, number);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return number;
}

const Field* Schema::Find(std::string_view name) const {
  const auto index = IndexOf(name);
  return index ? &fields[*index] : nullptr;
}

std::optional<std::size_t> Schema::IndexOf(std::string_view name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (SameNameIgnoringCase(fields[i].name, name)) return i;
  }
  return std::nullopt;
}

std::span<const TypeRow> TypeRows() { return kRows; }

const TypeRow& Row(TypeId id) {
  NL_CHECK(static_cast<std::size_t>(id) < kRows.size());
  return kRows[static_cast<std::size_t>(id)];
}

}  // namespace neuralake::columnar
