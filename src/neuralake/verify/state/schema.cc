#include "neuralake/verify/state/schema.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "neuralake/verify/finding.h"
#include "neuralake/verify/limits.h"

namespace neuralake::verify {
namespace {

struct Named {
  std::string_view name;
  TypeId id;
};

constexpr Named kPrimitives[] = {
    {"string", TypeId::kString},       {"byte", TypeId::kByte},
    {"short", TypeId::kShort},         {"integer", TypeId::kInteger},
    {"long", TypeId::kLong},           {"float", TypeId::kFloat},
    {"double", TypeId::kDouble},       {"boolean", TypeId::kBoolean},
    {"binary", TypeId::kBinary},       {"date", TypeId::kDate},
    {"timestamp", TypeId::kTimestamp}, {"timestamp_ntz", TypeId::kTimestampNtz},
    {"variant", TypeId::kVariant},     {"void", TypeId::kVoid},
    {"decimal", TypeId::kDecimal},
};

// Of proposals: known by name alone.
constexpr std::string_view kOthers[] = {"geometry", "geography", "interval", "timestamp_nanos"};

Result<Type> ParseType(const Json& json, int depth);

std::unexpected<Error> Wrong(std::string message) {
  return Fail(ErrorKind::kCorruption, std::move(message));
}

Result<Field> ParseField(const Json& json, int depth) {
  if (!json.is_object()) return Wrong("a field is no object");
  Field field;
  const Json* name = Member(json, "name");
  if (name == nullptr || !name->is_string()) return Wrong("a field has no name");
  field.name = name->get<std::string>();
  const Json* type = Member(json, "type");
  if (type == nullptr) return Wrong(fmt::format("field {} has no type", Quoted(field.name)));
  auto parsed = ParseType(*type, depth + 1);
  if (!parsed) return Annotate(std::move(parsed).error(), "field " + Quoted(field.name));
  field.type = *std::move(parsed);
  const Json* nullable = Member(json, "nullable");
  if (nullable == nullptr || !nullable->is_boolean()) {
    return Wrong(fmt::format("field {} does not say whether it is nullable", Quoted(field.name)));
  }
  field.nullable = nullable->get<bool>();
  const Json* metadata = Member(json, "metadata");
  if (metadata != nullptr && !metadata->is_object()) {
    return Wrong(fmt::format("the metadata of field {} is no object", Quoted(field.name)));
  }
  field.metadata = metadata == nullptr ? Json::object() : *metadata;
  return field;
}

Result<std::vector<Field>> ParseFields(const Json& json, int depth) {
  const Json* fields = Member(json, "fields");
  if (fields == nullptr || !fields->is_array()) return Wrong("a struct has no fields");
  std::vector<Field> parsed;
  for (const Json& field : *fields) parsed.push_back(TRY(ParseField(field, depth)));
  return parsed;
}

Result<Field> ParseElement(const Json& json, std::string_view member, std::string name,
                           std::string_view nullable, int depth) {
  const Json* type = Member(json, member);
  if (type == nullptr) return Wrong(fmt::format("{} is missing", member));
  Field field{std::move(name), TRY(ParseType(*type, depth + 1)), false, Json::object()};
  if (nullable.empty()) return field;
  const Json* flag = Member(json, nullable);
  if (flag == nullptr || !flag->is_boolean()) return Wrong(fmt::format("{} is missing", nullable));
  field.nullable = flag->get<bool>();
  return field;
}

Result<Type> ParseType(const Json& json, int depth) {
  if (depth > kTypeDepthMax) return Wrong("types are nested too deep");
  if (json.is_string()) {
    auto type = ParsePrimitive(json.get<std::string>());
    if (!type) return Wrong(fmt::format("unknown type {}", Quoted(json.get<std::string>())));
    return *std::move(type);
  }
  const std::string kind = TextOf(json, "type");
  Type type;
  if (kind == "struct") {
    type.id = TypeId::kStruct;
    type.children = TRY(ParseFields(json, depth));
  } else if (kind == "array") {
    type.id = TypeId::kArray;
    type.children.push_back(
        TRY(ParseElement(json, "elementType", "element", "containsNull", depth)));
  } else if (kind == "map") {
    type.id = TypeId::kMap;
    type.children.push_back(TRY(ParseElement(json, "keyType", "key", "", depth)));
    type.children.push_back(
        TRY(ParseElement(json, "valueType", "value", "valueContainsNull", depth)));
  } else if (const auto primitive = ParsePrimitive(kind)) {
    return *primitive;  // `{"type": "variant"}`, as the protocol's example has it
  } else {
    return Wrong(fmt::format("unknown type {}", Quoted(kind)));
  }
  return type;
}

}  // namespace

const Field* Schema::Find(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

std::optional<Type> ParsePrimitive(std::string_view text) {
  Type type;
  type.text = text;
  const auto* found = std::ranges::find(kPrimitives, text, &Named::name);
  if (found != std::end(kPrimitives)) {
    type.id = found->id;
    if (type.id == TypeId::kDecimal) type.precision = 10;
    return type;
  }
  if (text.starts_with("decimal(") && text.ends_with(")")) {
    std::string numbers;
    for (const char c : text.substr(8, text.size() - 9)) {
      if (c != ' ') numbers += c;
    }
    const char* end = numbers.data() + numbers.size();
    const auto first = std::from_chars(numbers.data(), end, type.precision);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ',') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, type.scale);
    if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
    if (type.precision < 1 || type.precision > 38 || type.scale < 0 ||
        type.scale > type.precision) {
      return std::nullopt;
    }
    type.id = TypeId::kDecimal;
    return type;
  }
  const bool known =
      std::ranges::any_of(kOthers, [text](auto name) { return text.starts_with(name); });
  return known ? std::optional(type) : std::nullopt;
}

Result<Schema> ParseSchema(std::string_view text) {
  const Json json = ParseJson(text);
  if (json.is_discarded()) return Wrong("schemaString is no JSON");
  if (TextOf(json, "type") != "struct") return Wrong("schemaString is no struct");
  return Schema{TRY(ParseFields(json, 0))};
}

}  // namespace neuralake::verify
