#include "neuralake/engine/types/duck_type.h"

#include <algorithm>

namespace neuralake::engine {
namespace {

using columnar::DataType;
using columnar::Field;
using columnar::TypeId;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;

/// One row per primitive type without parameters.
struct TypePair {
  TypeId ours;
  LogicalTypeId duck;
};

constexpr TypePair kPairs[] = {
    {TypeId::kBoolean, LogicalTypeId::BOOLEAN},
    {TypeId::kByte, LogicalTypeId::TINYINT},
    {TypeId::kShort, LogicalTypeId::SMALLINT},
    {TypeId::kInteger, LogicalTypeId::INTEGER},
    {TypeId::kLong, LogicalTypeId::BIGINT},
    {TypeId::kFloat, LogicalTypeId::FLOAT},
    {TypeId::kDouble, LogicalTypeId::DOUBLE},
    {TypeId::kString, LogicalTypeId::VARCHAR},
    {TypeId::kBinary, LogicalTypeId::BLOB},
    {TypeId::kDate, LogicalTypeId::DATE},
    {TypeId::kTimestamp, LogicalTypeId::TIMESTAMP_TZ},
    {TypeId::kTimestampNtz, LogicalTypeId::TIMESTAMP},
    // A column of unknown type can only hold nulls; DuckDB gives `NULL` this type too.
    {TypeId::kVoid, LogicalTypeId::INTEGER},
};

LogicalType NestedAnswerType(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::STRUCT: {
      duckdb::child_list_t<LogicalType> children;
      for (const auto& child : duckdb::StructType::GetChildTypes(type)) {
        children.emplace_back(child.first, AnswerType(child.second));
      }
      return LogicalType::STRUCT(std::move(children));
    }
    case LogicalTypeId::LIST:
      return LogicalType::LIST(AnswerType(duckdb::ListType::GetChildType(type)));
    case LogicalTypeId::ARRAY:
      return LogicalType::LIST(AnswerType(duckdb::ArrayType::GetChildType(type)));
    default:
      return LogicalType::MAP(AnswerType(duckdb::MapType::KeyType(type)),
                              AnswerType(duckdb::MapType::ValueType(type)));
  }
}

DataType NestedFromDuck(const LogicalType& type) {
  DataType out;
  switch (type.id()) {
    case LogicalTypeId::STRUCT:
      out.id = TypeId::kStruct;
      for (const auto& child : duckdb::StructType::GetChildTypes(type)) {
        out.children.push_back({child.first, FromDuckType(child.second), true, {}});
      }
      return out;
    case LogicalTypeId::LIST:
      out.id = TypeId::kArray;
      out.children.push_back(
          {"element", FromDuckType(duckdb::ListType::GetChildType(type)), true, {}});
      return out;
    default:
      out.id = TypeId::kMap;
      out.children.push_back({"key", FromDuckType(duckdb::MapType::KeyType(type)), false, {}});
      out.children.push_back({"value", FromDuckType(duckdb::MapType::ValueType(type)), true, {}});
      return out;
  }
}

}  // namespace

LogicalType ToDuckType(const DataType& type) {
  switch (type.id) {
    case TypeId::kDecimal:
      return LogicalType::DECIMAL(type.precision, type.scale);
    case TypeId::kVariant:
      return LogicalType::VARIANT();
    case TypeId::kStruct: {
      duckdb::child_list_t<LogicalType> children;
      for (const Field& field : type.children) {
        children.emplace_back(field.name, ToDuckType(field.type));
      }
      return LogicalType::STRUCT(std::move(children));
    }
    case TypeId::kArray:
      return LogicalType::LIST(ToDuckType(type.children.at(0).type));
    case TypeId::kMap:
      return LogicalType::MAP(ToDuckType(type.children.at(0).type),
                              ToDuckType(type.children.at(1).type));
    default:
      break;
  }
  const auto* row = std::ranges::find(kPairs, type.id, &TypePair::ours);
  return LogicalType(row->duck);
}

LogicalType AnswerType(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::STRUCT:
    case LogicalTypeId::LIST:
    case LogicalTypeId::ARRAY:
    case LogicalTypeId::MAP:
      return NestedAnswerType(type);
    case LogicalTypeId::DECIMAL:
      return type;
    case LogicalTypeId::UTINYINT:
      return LogicalType::SMALLINT;
    case LogicalTypeId::USMALLINT:
      return LogicalType::INTEGER;
    case LogicalTypeId::UINTEGER:
      return LogicalType::BIGINT;
    case LogicalTypeId::UBIGINT:
      return LogicalType::DECIMAL(20, 0);
    case LogicalTypeId::HUGEINT:
    case LogicalTypeId::UHUGEINT:
      return LogicalType::DECIMAL(38, 0);
    case LogicalTypeId::TIMESTAMP_SEC:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::TIMESTAMP_NS:
      return LogicalType::TIMESTAMP;
    case LogicalTypeId::SQLNULL:
      return LogicalType::INTEGER;
    default:
      break;
  }
  const auto* row = std::ranges::find(kPairs, type.id(), &TypePair::duck);
  return row == std::end(kPairs) ? LogicalType::VARCHAR : LogicalType(row->duck);
}

DataType FromDuckType(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::STRUCT:
    case LogicalTypeId::LIST:
    case LogicalTypeId::MAP:
      return NestedFromDuck(type);
    case LogicalTypeId::DECIMAL:
      return {TypeId::kDecimal,
              duckdb::DecimalType::GetWidth(type),
              duckdb::DecimalType::GetScale(type),
              {}};
    default:
      break;
  }
  const auto* row = std::ranges::find(kPairs, type.id(), &TypePair::duck);
  return {row == std::end(kPairs) ? TypeId::kString : row->ours, 0, 0, {}};
}

columnar::Schema ToSchema(const duckdb::vector<duckdb::string>& names,
                          const duckdb::vector<LogicalType>& types) {
  columnar::Schema schema;
  for (std::size_t i = 0; i < names.size(); ++i) {
    schema.fields.push_back({names[i], FromDuckType(AnswerType(types[i])), true, {}});
  }
  return schema;
}

}  // namespace neuralake::engine
