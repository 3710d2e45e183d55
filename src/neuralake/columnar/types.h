#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::columnar {

/// The kinds of value a column holds: Delta's, which all other systems here map to.
enum class TypeId : std::uint8_t {
  kBoolean,
  kByte,
  kShort,
  kInteger,
  kLong,
  kFloat,
  kDouble,
  kDecimal,  ///< `precision` 1..38, `scale` 0..precision.
  kString,
  kBinary,
  kDate,          ///< Days since 1970-01-01, proleptic Gregorian.
  kTimestamp,     ///< Microseconds since 1970 UTC; an instant.
  kTimestampNtz,  ///< Microseconds since 1970 of a wall clock without a zone.
  kVariant,
  kVoid,  ///< Only nulls; never stored.
  kStruct,
  kArray,
  kMap,
};

struct Field;

/// A type, nested by value.
struct DataType {
  TypeId id = TypeId::kVoid;
  std::uint8_t precision = 0;  ///< kDecimal only.
  std::uint8_t scale = 0;      ///< kDecimal only.
  // Without an initializer: clang would need all of Field for one.
  std::vector<Field> children;  ///< Struct: its fields. Array: `element`. Map: `key`, `value`.

  bool operator==(const DataType&) const;
  bool is_nested() const { return !children.empty() || id == TypeId::kStruct; }
};

/// A column, or a field of a nested type.
struct Field {
  std::string name{};
  DataType type{};
  bool nullable = true;
  /// Delta's field metadata: key to JSON text (`delta.columnMapping.id` to `5`).
  std::map<std::string, std::string, std::less<>> metadata{};

  bool operator==(const Field&) const;

  /// The metadata value of `key` when it is a JSON string, unquoted.
  std::optional<std::string> metadata_string(std::string_view key) const;
  /// The metadata value of `key` when it is a JSON integer.
  std::optional<std::int64_t> metadata_integer(std::string_view key) const;
};

/// The columns of a table, in order.
struct Schema {
  std::vector<Field> fields;

  bool operator==(const Schema&) const = default;

  /// The column called `name`, compared as Delta does: ASCII letters without case.
  const Field* Find(std::string_view name) const;
  /// Its position, or nothing.
  std::optional<std::size_t> IndexOf(std::string_view name) const;
};

/// One row of the table that maps a primitive type to every surface. The engine's DuckDB types are
/// derived from it in `engine/types`.
struct TypeRow {
  TypeId id;
  std::string_view delta_name;      ///< In a schema string and in DDL: `long`.
  std::string_view short_name;      ///< In definitions and manifests: `int64`.
  std::string_view sql_name;        ///< In SQL and in answers: `BIGINT`.
  std::uint32_t postgres_oid;       ///< In RowDescription: 20.
  std::string_view postgres_name;   ///< `int8`.
  std::string_view openapi_type;    ///< `integer`.
  std::string_view openapi_format;  ///< `int64`; may be empty.
};

/// All primitive types, one row each.
std::span<const TypeRow> TypeRows();

/// The row of a primitive type.
const TypeRow& Row(TypeId id);

/// Parse a type as people write it: `int32`, `long`, `BIGINT`, `decimal(10, 2)`,
/// `array<string>`, `map<string, double>`, `struct<a: int32, b: array<date>>`; names without case.
///
/// \errors kInvalid  with the offset at which the text stops making sense
Result<DataType> ParseType(std::string_view text);

/// Parse a list of columns as in CREATE TABLE: `id BIGINT NOT NULL COMMENT 'key', name STRING`.
/// \errors kInvalid  with the offset
Result<Schema> ParseDdl(std::string_view text);

/// The type in the short names: `struct<a: int32>`. `ParseType` gives the same type back.
std::string FormatType(const DataType& type);

/// Parse Delta's schema string (`metaData.schemaString`).
///
/// \errors kCorruption  not JSON, or not a schema
///         kUnsupported a type name that is not known, by name
/// \source Delta PROTOCOL.md, "Schema Serialization Format"
Result<Schema> ParseSchemaJson(std::string_view json);

/// The schema string; `ParseSchemaJson` gives the same schema back.
std::string FormatSchemaJson(const Schema& schema);

}  // namespace neuralake::columnar
