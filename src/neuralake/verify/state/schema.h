#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/verify/json.h"

namespace neuralake::verify {

enum class TypeId : std::uint8_t {
  kString,
  kByte,
  kShort,
  kInteger,
  kLong,
  kFloat,
  kDouble,
  kDecimal,
  kBoolean,
  kBinary,
  kDate,
  kTimestamp,
  kTimestampNtz,
  kVariant,
  kVoid,
  kOther,  ///< Of a proposal that the checker does not know the values of.
  kStruct,
  kArray,
  kMap,
};

struct Field;

struct Type {
  TypeId id = TypeId::kOther;
  std::int32_t precision = 0;
  std::int32_t scale = 0;
  std::string text;             ///< Of a primitive type, as written.
  std::vector<Field> children;  ///< Fields; `element`; `key` and `value`.

  bool is_nested() const { return id >= TypeId::kStruct; }
};

struct Field {
  std::string name;
  Type type;
  bool nullable = true;
  Json metadata;
};

struct Schema {
  std::vector<Field> fields;

  const Field* Find(std::string_view name) const;
};

/// \errors kCorruption  with what is wrong; the text of the first fault
/// \source Delta PROTOCOL.md, "Schema Serialization Format"
Result<Schema> ParseSchema(std::string_view text);

/// The type that `text` names; nothing when it names none.
std::optional<Type> ParsePrimitive(std::string_view text);

/// Call `visit(field, path)` for each field that a user names, depth first; `path` ends in it.
template <class Visit>
void ForEachField(const std::vector<Field>& fields, std::vector<std::string>& path, Visit& visit) {
  for (const Field& field : fields) {
    path.push_back(field.name);
    visit(field, path);
    ForEachNested(field.type, path, visit);
    path.pop_back();
  }
}

template <class Visit>
void ForEachNested(const Type& type, std::vector<std::string>& path, Visit& visit) {
  if (type.id == TypeId::kStruct) return ForEachField(type.children, path, visit);
  for (const Field& child : type.children) {
    path.push_back(child.name);
    ForEachNested(child.type, path, visit);
    path.pop_back();
  }
}

}  // namespace neuralake::verify
