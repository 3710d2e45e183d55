#include "neuralake/columnar/array_value.h"

#include <string>

#include <arrow/array.h>
#include <arrow/util/decimal.h>

#include "neuralake/base/check.h"

namespace neuralake::columnar {
namespace {

template <class Array>
std::int64_t IntegerAt(const arrow::Array& array, std::int64_t row) {
  return static_cast<std::int64_t>(static_cast<const Array&>(array).Value(row));
}

Decimal DecimalAt(const arrow::Array& array, std::int64_t row) {
  const arrow::Decimal128 value(static_cast<const arrow::Decimal128Array&>(array).GetValue(row));
  __extension__ using Wide = __int128;
  return Decimal{(static_cast<Wide>(value.high_bits()) << 64) |
                 static_cast<Wide>(value.low_bits())};
}

}  // namespace

Value ValueAt(const arrow::Array& array, std::int64_t row, const DataType& type) {
  if (array.IsNull(row)) return {type, std::monostate{}};
  switch (type.id) {
    case TypeId::kBoolean:
      return {type, static_cast<const arrow::BooleanArray&>(array).Value(row)};
    case TypeId::kByte:
      return {type, IntegerAt<arrow::Int8Array>(array, row)};
    case TypeId::kShort:
      return {type, IntegerAt<arrow::Int16Array>(array, row)};
    case TypeId::kInteger:
      return {type, IntegerAt<arrow::Int32Array>(array, row)};
    case TypeId::kDate:
      return {type, IntegerAt<arrow::Date32Array>(array, row)};
    case TypeId::kLong:
      return {type, IntegerAt<arrow::Int64Array>(array, row)};
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return {type, IntegerAt<arrow::TimestampArray>(array, row)};
    case TypeId::kFloat:
      return {type, double{static_cast<const arrow::FloatArray&>(array).Value(row)}};
    case TypeId::kDouble:
      return {type, static_cast<const arrow::DoubleArray&>(array).Value(row)};
    case TypeId::kDecimal:
      return {type, DecimalAt(array, row)};
    case TypeId::kString:
    case TypeId::kBinary:
      return {type, static_cast<const arrow::BinaryArray&>(array).GetString(row)};
    default:
      NL_CHECK(type.id == TypeId::kVoid);
      return {type, std::monostate{}};
  }
}

}  // namespace neuralake::columnar
