#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/limits.h"
#include "neuralake/columnar/types.h"

namespace neuralake::columnar {
namespace {

using Json = nlohmann::ordered_json;
using enum TypeId;

std::unexpected<Error> Broken(const std::string& what) {
  return Fail(ErrorKind::kCorruption, "schema: " + what);
}

Result<const Json*> Member(const Json& object, std::string_view key, std::string_view owner) {
  const auto found = object.find(key);
  if (found == object.end()) return Broken(fmt::format("{} has no member {}", owner, key));
  return &*found;
}

Result<std::string> StringMember(const Json& object, std::string_view key, std::string_view owner) {
  const Json& value = *TRY(Member(object, key, owner));
  if (!value.is_string()) return Broken(fmt::format("{} of {} is not a string", key, owner));
  return value.get<std::string>();
}

Result<bool> BoolMember(const Json& object, std::string_view key, std::string_view owner) {
  const Json& value = *TRY(Member(object, key, owner));
  if (!value.is_boolean()) return Broken(fmt::format("{} of {} is not a boolean", key, owner));
  return value.get<bool>();
}

/// `decimal(p,s)`, blanks allowed.
Result<DataType> DecimalType(std::string_view name) {
  int precision = 0;
  int scale = 0;
  std::string digits;
  for (const char c : name.substr(7)) {
    if (c != ' ') digits += c;
  }
  const char* end = digits.data() + digits.size();
  if (!digits.starts_with('(') || !digits.ends_with(')')) {
    return Fail(ErrorKind::kUnsupported, fmt::format("schema: unknown type {}", name));
  }
  auto step = std::from_chars(digits.data() + 1, end, precision);
  bool good = step.ec == std::errc{};
  if (good && *step.ptr == ',') step = std::from_chars(step.ptr + 1, end, scale);
  good = good && step.ec == std::errc{} && step.ptr + 1 == end;
  if (!good || precision < 1 || precision > kDecimalPrecisionMax || scale < 0 ||
      scale > precision) {
    return Broken(fmt::format("{} is not a decimal type", name));
  }
  return DataType{.id = kDecimal,
                  .precision = static_cast<std::uint8_t>(precision),
                  .scale = static_cast<std::uint8_t>(scale)};
}

Result<DataType> PrimitiveType(std::string_view name) {
  if (name == "decimal") return DataType{.id = kDecimal, .precision = 10, .scale = 0};
  if (name.starts_with("decimal")) return DecimalType(name);
  for (const auto& row : TypeRows()) {
    if (name == row.delta_name) return DataType{.id = row.id};
  }
  if (name == "null") return DataType{.id = kVoid};  // Spark's older name
  return Fail(ErrorKind::kUnsupported, fmt::format("schema: unknown type {}", name));
}

Result<DataType> ParseTypeNode(const Json& node, std::size_t depth);

Result<Field> Part(const Json& object, const char* name, std::string_view type_key,
                   std::optional<std::string_view> nullable_key, std::size_t depth) {
  Field field;
  field.name = name;
  field.type = TRY(ParseTypeNode(*TRY(Member(object, type_key, name)), depth + 1));
  field.nullable = nullable_key ? TRY(BoolMember(object, *nullable_key, name)) : false;
  return field;
}

Result<Field> ParseField(const Json& node, std::size_t depth) {
  if (!node.is_object()) return Broken("a field is not an object");
  Field field;
  field.name = TRY(StringMember(node, "name", "a field"));
  const std::string owner = "field " + field.name;
  field.type = TRY(ParseTypeNode(*TRY(Member(node, "type", owner)), depth + 1));
  field.nullable = TRY(BoolMember(node, "nullable", owner));
  const auto metadata = node.find("metadata");
  if (metadata == node.end() || metadata->is_null()) return field;
  if (!metadata->is_object()) return Broken(fmt::format("metadata of {} is not an object", owner));
  for (const auto& [key, value] : metadata->items()) {
    field.metadata.emplace(key, value.dump());
  }
  return field;
}

Result<DataType> ParseStruct(const Json& object, std::size_t depth) {
  const Json& fields = *TRY(Member(object, "fields", "a struct"));
  if (!fields.is_array()) return Broken("fields of a struct is not a list");
  DataType type{.id = kStruct};
  for (const auto& node : fields) type.children.push_back(TRY(ParseField(node, depth)));
  return type;
}

Result<DataType> ParseTypeNode(const Json& node, std::size_t depth) {
  if (depth > kTypeDepthMax) {
    return Broken(fmt::format("a type nests deeper than {} levels", kTypeDepthMax));
  }
  if (node.is_string()) return PrimitiveType(node.get<std::string>());
  if (!node.is_object()) return Broken("a type is neither text nor object");
  const auto kind = TRY(StringMember(node, "type", "a type"));
  if (kind == "struct") return ParseStruct(node, depth);
  if (kind == "array") {
    DataType type{.id = kArray};
    type.children.push_back(TRY(Part(node, "element", "elementType", "containsNull", depth)));
    return type;
  }
  if (kind == "map") {
    DataType type{.id = kMap};
    type.children.push_back(TRY(Part(node, "key", "keyType", std::nullopt, depth)));
    type.children.push_back(TRY(Part(node, "value", "valueType", "valueContainsNull", depth)));
    return type;
  }
  return Fail(ErrorKind::kUnsupported, fmt::format("schema: unknown type {}", kind));
}

void AppendType(const DataType& type, std::string& out);

void AppendFields(const std::vector<Field>& fields, std::string& out) {
  out += R"({"type":"struct","fields":[)";
  bool first = true;
  for (const auto& field : fields) {
    if (!first) out += ',';
    first = false;
    out += R"({"name":)";
    AppendJsonString(field.name, out);
    out += R"(,"type":)";
    AppendType(field.type, out);
    out +=
        field.nullable ? R"(,"nullable":true,"metadata":{)" : R"(,"nullable":false,"metadata":{)";
    bool first_member = true;
    for (const auto& [key, json] : field.metadata) {
      if (!first_member) out += ',';
      first_member = false;
      AppendJsonString(key, out);
      out += ':';
      out += json;
    }
    out += "}}";
  }
  out += "]}";
}

void AppendType(const DataType& type, std::string& out) {
  switch (type.id) {
    case kStruct:
      return AppendFields(type.children, out);
    case kArray:
      out += R"({"type":"array","elementType":)";
      AppendType(type.children[0].type, out);
      out += type.children[0].nullable ? R"(,"containsNull":true})" : R"(,"containsNull":false})";
      return;
    case kMap:
      out += R"({"type":"map","keyType":)";
      AppendType(type.children[0].type, out);
      out += R"(,"valueType":)";
      AppendType(type.children[1].type, out);
      out += type.children[1].nullable ? R"(,"valueContainsNull":true})"
                                       : R"(,"valueContainsNull":false})";
      return;
    case kDecimal:
      out += fmt::format("\"decimal({},{})\"", type.precision, type.scale);
      return;
    default:
      AppendJsonString(Row(type.id).delta_name, out);
  }
}

}  // namespace

Result<Schema> ParseSchemaJson(std::string_view json) {
  if (JsonDepth(json) > kJsonDepthMax) {
    return Broken(fmt::format("JSON nests deeper than {} levels", kJsonDepthMax));
  }
  const Json root = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded()) return Broken("not JSON");
  if (!root.is_object()) return Broken("not an object");
  auto type = TRY(ParseTypeNode(root, 0));
  if (type.id != kStruct) return Broken("the top is not a struct");
  return Schema{std::move(type.children)};
}

std::string FormatSchemaJson(const Schema& schema) {
  std::string out;
  AppendFields(schema.fields, out);
  return out;
}

}  // namespace neuralake::columnar
