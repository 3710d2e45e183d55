#include "neuralake/serve/rest/json_schema.h"

namespace neuralake::serve {

using Json = nlohmann::ordered_json;
using columnar::TypeId;

namespace {

Json Primitive(const columnar::DataType& type) {
  const auto& row = columnar::Row(type.id);
  Json schema = {{"type", row.openapi_type}};
  // Integers beyond 2^53 and reals that are not numbers are written as strings.
  if (type.id == TypeId::kLong) schema["type"] = {"integer", "string"};
  if (type.id == TypeId::kFloat || type.id == TypeId::kDouble)
    schema["type"] = {"number", "string"};
  if (!row.openapi_format.empty()) schema["format"] = row.openapi_format;
  return schema;
}

Json Nested(const columnar::DataType& type) {
  if (type.id == TypeId::kArray) {
    const auto& element = type.children.at(0);
    return {{"type", "array"}, {"items", JsonSchemaOf(element.type, element.nullable)}};
  }
  if (type.id == TypeId::kMap) {
    const auto& value = type.children.at(1);
    return {{"type", "object"}, {"additionalProperties", JsonSchemaOf(value.type, value.nullable)}};
  }
  Json properties = Json::object();
  for (const auto& field : type.children) {
    properties[field.name] = JsonSchemaOf(field.type, field.nullable);
  }
  return {{"type", "object"}, {"properties", properties}};
}

}  // namespace

Json JsonSchemaOf(const columnar::DataType& type, bool nullable) {
  Json schema = type.is_nested() ? Nested(type) : Primitive(type);
  if (nullable) {
    if (schema["type"].is_array()) {
      schema["type"].push_back("null");
    } else {
      schema["type"] = {schema["type"], "null"};
    }
  }
  return schema;
}

}  // namespace neuralake::serve
