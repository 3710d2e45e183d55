#include "neuralake/engine/types/duck_value.h"

#include "neuralake/engine/types/duck_type.h"

namespace neuralake::engine {
namespace {

using columnar::DataType;
using columnar::Decimal;
using columnar::TypeId;
using duckdb::LogicalType;
using duckdb::Value;

// DuckDB keeps a decimal in the smallest integer that holds its width; the value must agree.
Value DecimalValue(const Decimal& decimal, const DataType& type) {
  const auto unscaled = decimal.unscaled;
  if (type.precision <= 4) {
    return Value::DECIMAL(static_cast<std::int16_t>(unscaled), type.precision, type.scale);
  }
  if (type.precision <= 9) {
    return Value::DECIMAL(static_cast<std::int32_t>(unscaled), type.precision, type.scale);
  }
  if (type.precision <= 18) {
    return Value::DECIMAL(static_cast<std::int64_t>(unscaled), type.precision, type.scale);
  }
  return Value::DECIMAL(duckdb::hugeint_t(static_cast<std::int64_t>(unscaled >> 64),
                                          static_cast<std::uint64_t>(unscaled)),
                        type.precision, type.scale);
}

Value IntegerValue(std::int64_t number, TypeId id) {
  switch (id) {
    case TypeId::kByte:
      return Value::TINYINT(static_cast<std::int8_t>(number));
    case TypeId::kShort:
      return Value::SMALLINT(static_cast<std::int16_t>(number));
    case TypeId::kInteger:
      return Value::INTEGER(static_cast<std::int32_t>(number));
    case TypeId::kDate:
      return Value::DATE(duckdb::date_t(static_cast<std::int32_t>(number)));
    case TypeId::kTimestamp:
      return Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(number));
    case TypeId::kTimestampNtz:
      return Value::TIMESTAMP(duckdb::timestamp_t(number));
    default:
      return Value::BIGINT(number);
  }
}

}  // namespace

Value ToDuckValue(const columnar::Value& value) {
  const LogicalType type = ToDuckType(value.type);
  if (value.is_null()) return Value(type);
  if (const auto* flag = std::get_if<bool>(&value.data)) return Value::BOOLEAN(*flag);
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    return IntegerValue(*number, value.type.id);
  }
  if (const auto* number = std::get_if<double>(&value.data)) {
    return value.type.id == TypeId::kFloat ? Value::FLOAT(static_cast<float>(*number))
                                           : Value::DOUBLE(*number);
  }
  if (const auto* decimal = std::get_if<Decimal>(&value.data)) {
    return DecimalValue(*decimal, value.type);
  }
  const auto& bytes = std::get<std::string>(value.data);
  if (value.type.id == TypeId::kBinary) {
    return Value::BLOB(reinterpret_cast<duckdb::const_data_ptr_t>(bytes.data()), bytes.size());
  }
  return Value(bytes);
}

std::optional<columnar::Value> FromDuckValue(const Value& value, const DataType& type) {
  if (value.IsNull() || value.type() != ToDuckType(type)) return std::nullopt;
  switch (type.id) {
    case TypeId::kBoolean:
      return columnar::Value{type, duckdb::BooleanValue::Get(value)};
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong:
      return columnar::Value{type, value.GetValue<std::int64_t>()};
    case TypeId::kDate:
      return columnar::Value{type, std::int64_t{duckdb::DateValue::Get(value).days}};
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return columnar::Value{type, value.GetValueUnsafe<std::int64_t>()};
    case TypeId::kFloat:
      return columnar::Value{type, static_cast<double>(value.GetValueUnsafe<float>())};
    case TypeId::kDouble:
      return columnar::Value{type, value.GetValueUnsafe<double>()};
    case TypeId::kString:
    case TypeId::kBinary:
      return columnar::Value{type, duckdb::StringValue::Get(value)};
    case TypeId::kDecimal: {
      const auto wide = duckdb::IntegralValue::Get(value);
      Decimal decimal;
      decimal.unscaled = wide.upper;
      decimal.unscaled = (decimal.unscaled << 64) | wide.lower;
      return columnar::Value{type, decimal};
    }
    default:
      return std::nullopt;
  }
}

}  // namespace neuralake::engine
