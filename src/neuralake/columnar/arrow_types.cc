#include "neuralake/columnar/arrow_types.h"

#include <set>

#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

namespace neuralake::columnar {
namespace {

constexpr const char* kParquetFieldId = "PARQUET:field_id";

DataType Primitive(TypeId id) { return DataType{id, 0, 0, {}}; }

Result<DataType> FromDecimal(const arrow::DecimalType& type) {
  if (type.precision() < 1 || type.precision() > 38 || type.scale() < 0 ||
      type.scale() > type.precision()) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("{} does not fit into a decimal of 38 digits", type.ToString()));
  }
  return DataType{TypeId::kDecimal,
                  static_cast<std::uint8_t>(type.precision()),
                  static_cast<std::uint8_t>(type.scale()),
                  {}};
}

Result<DataType> FromList(const arrow::Field& value) {
  Field element = TRY(FromArrow(value));
  element.name = "element";
  return DataType{TypeId::kArray, 0, 0, {std::move(element)}};
}

Result<DataType> FromMap(const arrow::MapType& type) {
  Field key = TRY(FromArrow(*type.key_field()));
  Field value = TRY(FromArrow(*type.item_field()));
  key.name = "key";
  key.nullable = false;
  value.name = "value";
  return DataType{TypeId::kMap, 0, 0, {std::move(key), std::move(value)}};
}

Result<DataType> FromStruct(const arrow::DataType& type) {
  DataType result{TypeId::kStruct, 0, 0, {}};
  for (const auto& field : type.fields()) result.children.push_back(TRY(FromArrow(*field)));
  return result;
}

std::vector<std::shared_ptr<arrow::Field>> ToArrowFields(const std::vector<Field>& fields,
                                                         const ArrowNaming& naming) {
  std::vector<std::shared_ptr<arrow::Field>> result;
  result.reserve(fields.size());
  for (const Field& field : fields) result.push_back(ToArrow(field, naming));
  return result;
}

// The inner fields of lists and maps have fixed names, whatever the naming.
std::shared_ptr<arrow::Field> InnerField(const Field& field, const char* name,
                                         const ArrowNaming& naming) {
  return ToArrow(field, naming)->WithName(name);
}

}  // namespace

std::string StoredName(const Field& field, const ArrowNaming& naming) {
  if (naming.physical_names) {
    if (auto name = field.metadata_string("delta.columnMapping.physicalName")) return *name;
  }
  return field.name;
}

std::shared_ptr<arrow::DataType> ToArrow(const DataType& type, const ArrowNaming& naming) {
  switch (type.id) {
    case TypeId::kBoolean:
      return arrow::boolean();
    case TypeId::kByte:
      return arrow::int8();
    case TypeId::kShort:
      return arrow::int16();
    case TypeId::kInteger:
      return arrow::int32();
    case TypeId::kLong:
      return arrow::int64();
    case TypeId::kFloat:
      return arrow::float32();
    case TypeId::kDouble:
      return arrow::float64();
    case TypeId::kDecimal:
      return arrow::decimal128(type.precision, type.scale);
    case TypeId::kString:
      return arrow::utf8();
    case TypeId::kBinary:
      return arrow::binary();
    case TypeId::kDate:
      return arrow::date32();
    case TypeId::kTimestamp:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case TypeId::kTimestampNtz:
      return arrow::timestamp(arrow::TimeUnit::MICRO);
    case TypeId::kVariant:
      return arrow::struct_({arrow::field("metadata", arrow::binary(), false),
                             arrow::field("value", arrow::binary(), false)});
    case TypeId::kVoid:
      return arrow::null();
    case TypeId::kStruct:
      return arrow::struct_(ToArrowFields(type.children, naming));
    case TypeId::kArray:
      return arrow::list(InnerField(type.children[0], "element", naming));
    case TypeId::kMap:
      return std::make_shared<arrow::MapType>(
          InnerField(type.children[0], "key", naming)->WithNullable(false),
          InnerField(type.children[1], "value", naming));
  }
  return arrow::null();
}

std::shared_ptr<arrow::Field> ToArrow(const Field& field, const ArrowNaming& naming) {
  auto result = arrow::field(StoredName(field, naming), ToArrow(field.type, naming),
                             field.nullable || field.type.id == TypeId::kVoid);
  const auto id = field.metadata_integer("delta.columnMapping.id");
  if (!naming.field_ids || !id) return result;
  return result->WithMetadata(arrow::key_value_metadata({kParquetFieldId}, {std::to_string(*id)}));
}

std::shared_ptr<arrow::Schema> ToArrow(const Schema& schema, const ArrowNaming& naming) {
  return arrow::schema(ToArrowFields(schema.fields, naming));
}

Result<DataType> FromArrow(const arrow::DataType& type) {
  using arrow::Type;
  switch (type.id()) {
    case Type::NA:
      return Primitive(TypeId::kVoid);
    case Type::BOOL:
      return Primitive(TypeId::kBoolean);
    case Type::INT8:
      return Primitive(TypeId::kByte);
    case Type::INT16:
    case Type::UINT8:
      return Primitive(TypeId::kShort);
    case Type::INT32:
    case Type::UINT16:
      return Primitive(TypeId::kInteger);
    case Type::INT64:
    case Type::UINT32:
      return Primitive(TypeId::kLong);
    case Type::UINT64:
      return DataType{TypeId::kDecimal, 20, 0, {}};
    case Type::HALF_FLOAT:
    case Type::FLOAT:
      return Primitive(TypeId::kFloat);
    case Type::DOUBLE:
      return Primitive(TypeId::kDouble);
    case Type::STRING:
    case Type::LARGE_STRING:
    case Type::STRING_VIEW:
      return Primitive(TypeId::kString);
    case Type::BINARY:
    case Type::LARGE_BINARY:
    case Type::BINARY_VIEW:
    case Type::FIXED_SIZE_BINARY:
      return Primitive(TypeId::kBinary);
    case Type::DATE32:
    case Type::DATE64:
      return Primitive(TypeId::kDate);
    case Type::TIMESTAMP: {
      const auto& timestamp = static_cast<const arrow::TimestampType&>(type);
      return Primitive(timestamp.timezone().empty() ? TypeId::kTimestampNtz : TypeId::kTimestamp);
    }
    case Type::DECIMAL32:
    case Type::DECIMAL64:
    case Type::DECIMAL128:
    case Type::DECIMAL256:
      return FromDecimal(static_cast<const arrow::DecimalType&>(type));
    case Type::LIST:
    case Type::LARGE_LIST:
    case Type::FIXED_SIZE_LIST:
    case Type::LIST_VIEW:
    case Type::LARGE_LIST_VIEW:
      return FromList(*type.field(0));
    case Type::MAP:
      return FromMap(static_cast<const arrow::MapType&>(type));
    case Type::STRUCT:
      return FromStruct(type);
    case Type::DICTIONARY:
      return FromArrow(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case Type::RUN_END_ENCODED:
      return FromArrow(*static_cast<const arrow::RunEndEncodedType&>(type).value_type());
    case Type::EXTENSION:
      return FromArrow(*static_cast<const arrow::ExtensionType&>(type).storage_type());
    default:
      return Fail(ErrorKind::kUnsupported,
                  fmt::format("the type {} has no place in a table", type.ToString()));
  }
}

Result<Field> FromArrow(const arrow::Field& field) {
  auto type = FromArrow(*field.type());
  if (!type) return Annotate(std::move(type).error(), "column " + field.name());
  return Field{field.name(), *std::move(type), field.nullable(), {}};
}

Result<Schema> FromArrow(const arrow::Schema& schema) {
  Schema result;
  for (const auto& field : schema.fields()) {
    if (const Field* same = result.Find(field->name())) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("two columns are called {} and {}", same->name, field->name()));
    }
    result.fields.push_back(TRY(FromArrow(*field)));
  }
  return result;
}

}  // namespace neuralake::columnar
