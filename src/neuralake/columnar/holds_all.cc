#include <arrow/type.h>
#include <arrow/type_traits.h>

#include "neuralake/columnar/conform_internal.h"

namespace neuralake::columnar {
namespace {

using arrow::Type;

struct IntegerRow {
  Type::type arrow;
  int bits;    // of the magnitude
  int digits;  // decimal
};
constexpr IntegerRow kIntegers[] = {
    {Type::INT8, 7, 3},  {Type::INT16, 15, 5},  {Type::INT32, 31, 10},  {Type::INT64, 63, 19},
    {Type::UINT8, 8, 3}, {Type::UINT16, 16, 5}, {Type::UINT32, 32, 10}, {Type::UINT64, 64, 20},
};

const IntegerRow* FindInteger(Type::type id) {
  for (const IntegerRow& row : kIntegers) {
    if (row.arrow == id) return &row;
  }
  return nullptr;
}

// An integer type of `bits` bits beside the sign, or a float with a mantissa of as many.
bool HoldsInteger(int bits, Type::type source) {
  const IntegerRow* row = FindInteger(source);
  return row != nullptr && row->bits <= bits;
}

bool HoldsDecimal(const DataType& type, const arrow::DataType& source) {
  const int whole = type.precision - type.scale;
  if (const IntegerRow* row = FindInteger(source.id())) return row->digits <= whole;
  if (!arrow::is_decimal(source.id())) return false;
  const auto& decimal = static_cast<const arrow::DecimalType&>(source);
  return decimal.scale() <= type.scale && decimal.precision() - decimal.scale() <= whole;
}

bool IsTimestamp(const arrow::DataType& source, bool zoned) {
  return source.id() == Type::TIMESTAMP &&
         static_cast<const arrow::TimestampType&>(source).timezone().empty() != zoned;
}

}  // namespace

bool HoldsAll(const DataType& type, const arrow::DataType& source) {
  const Type::type id = source.id();
  switch (type.id) {
    case TypeId::kBoolean:
      return id == Type::BOOL;
    case TypeId::kByte:
      return HoldsInteger(7, id);
    case TypeId::kShort:
      return HoldsInteger(15, id);
    case TypeId::kInteger:
      return HoldsInteger(31, id);
    case TypeId::kLong:
      return HoldsInteger(63, id);
    case TypeId::kFloat:
      return id == Type::HALF_FLOAT || id == Type::FLOAT || HoldsInteger(24, id);
    case TypeId::kDouble:
      return arrow::is_floating(id) || HoldsInteger(53, id);
    case TypeId::kDecimal:
      return HoldsDecimal(type, source);
    case TypeId::kString:
      return id == Type::STRING || id == Type::LARGE_STRING || id == Type::STRING_VIEW;
    case TypeId::kBinary:
      return id == Type::BINARY || id == Type::LARGE_BINARY || id == Type::BINARY_VIEW ||
             id == Type::FIXED_SIZE_BINARY;
    case TypeId::kDate:
      return id == Type::DATE32 || id == Type::DATE64;
    case TypeId::kTimestamp:
      return IsTimestamp(source, true);
    case TypeId::kTimestampNtz:
      return IsTimestamp(source, false);
    case TypeId::kVoid:
      return id == Type::NA;
    case TypeId::kVariant:
      return false;
    case TypeId::kStruct:
      return id == Type::STRUCT;
    case TypeId::kArray:
      return id == Type::LIST || id == Type::LARGE_LIST || id == Type::FIXED_SIZE_LIST ||
             id == Type::LIST_VIEW || id == Type::LARGE_LIST_VIEW;
    case TypeId::kMap:
      return id == Type::MAP;
  }
  return false;
}

}  // namespace neuralake::columnar
