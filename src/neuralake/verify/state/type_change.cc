#include "neuralake/verify/state/type_change.h"

#include <map>

#include <fmt/format.h>

#include "neuralake/verify/finding.h"

namespace neuralake::verify {
namespace {

bool IsInteger(TypeId id) { return id >= TypeId::kByte && id <= TypeId::kLong; }

/// The type at `path`, such as `element.value`, below `type`; null when there is none.
const Type* TypeAt(const Type& type, std::string_view path) {
  const Type* at = &type;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
    const Type* next = nullptr;
    for (const Field& child : at->children) {
      if (child.name == name && at->id != TypeId::kStruct) next = &child.type;
    }
    if (next == nullptr) return nullptr;
    at = next;
  }
  return at;
}

bool SameType(const Type& a, const Type& b) {
  return a.id == b.id && a.precision == b.precision && a.scale == b.scale;
}

}  // namespace

bool WidensTo(const Type& from, const Type& to) {
  if (SameType(from, to) || from.id == TypeId::kVoid) return true;
  if (IsInteger(from.id) && IsInteger(to.id)) return from.id < to.id;
  if (to.id == TypeId::kDouble) {
    return from.id == TypeId::kFloat || (IsInteger(from.id) && from.id != TypeId::kLong);
  }
  if (from.id == TypeId::kDate) return to.id == TypeId::kTimestampNtz;
  if (to.id != TypeId::kDecimal) return false;
  const int digits = to.precision - to.scale;
  if (IsInteger(from.id)) return digits >= (from.id == TypeId::kLong ? 20 : 10);
  return from.id == TypeId::kDecimal && to.scale >= from.scale &&
         digits >= from.precision - from.scale;
}

std::vector<std::string> TypeChangeFaults(const Field& field) {
  std::vector<std::string> faults;
  const Json* changes = Member(field.metadata, "delta.typeChanges");
  if (changes == nullptr) return faults;
  if (!changes->is_array()) return {"delta.typeChanges is no list"};
  std::map<std::string, Type> reached;
  for (const Json& change : *changes) {
    const std::string from_text = TextOf(change, "fromType");
    const std::string to_text = TextOf(change, "toType");
    const auto from = ParsePrimitive(from_text);
    const auto to = ParsePrimitive(to_text);
    const std::string path = TextOf(change, "fieldPath");
    if (!from || !to) {
      faults.push_back(fmt::format("a change from {} to {}", Quoted(from_text), Quoted(to_text)));
      continue;
    }
    if (!WidensTo(*from, *to)) {
      faults.push_back(fmt::format("{} does not widen to {}", from_text, to_text));
    }
    const auto before = reached.find(path);
    if (before != reached.end() && !SameType(before->second, *from)) {
      faults.push_back(
          fmt::format("a change from {} follows one to {}", from_text, before->second.text));
    }
    reached.insert_or_assign(path, *to);
  }
  for (const auto& [path, type] : reached) {
    const Type* now = TypeAt(field.type, path);
    if (now == nullptr || !SameType(*now, type)) {
      faults.push_back(fmt::format("its last type change leads to {}, which it is not", type.text));
    }
  }
  return faults;
}

}  // namespace neuralake::verify
