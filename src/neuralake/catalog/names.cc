#include "neuralake/catalog/names.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "neuralake/base/words.h"
#include "neuralake/catalog/limits.h"

namespace neuralake::catalog {
namespace {

// The engine's own catalogs and schemas, which a database of ours must not hide.
constexpr std::array<std::string_view, 7> kReserved = {
    "neuralake", "main", "temp", "system", "memory", "information_schema", "pg_catalog"};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::string> IdentifierProblem(std::string_view what, std::string_view name) {
  if (name.empty()) return fmt::format("the name of a {} is empty", what);
  if (name.size() > kNameBytesMax) {
    return fmt::format("the name of a {} has {} bytes; at most {} are allowed", what, name.size(),
                       kNameBytesMax);
  }
  const bool plain = IsLetter(name[0]) &&
                     std::ranges::all_of(name, [](char c) { return IsLetter(c) || IsDigit(c); });
  if (plain) return std::nullopt;
  return fmt::format(
      "'{}' cannot name a {}: use ASCII letters, digits and underscores, not a digit first", name,
      what);
}

}  // namespace

std::optional<std::string> DatabaseNameProblem(std::string_view name) {
  if (auto problem = IdentifierProblem("database", name)) return problem;
  if (std::ranges::find(kReserved, Folded(name)) != kReserved.end()) {
    return fmt::format("'{}' is a name of the engine; choose another for the database", name);
  }
  return std::nullopt;
}

std::optional<std::string> TableNameProblem(std::string_view name) {
  return IdentifierProblem("table", name);
}

std::optional<std::string> ColumnNameProblem(std::string_view name) {
  if (name.empty()) return "the name of a column is empty";
  if (name.size() > kColumnNameBytesMax) {
    return fmt::format("the name of a column has {} bytes; at most {} are allowed", name.size(),
                       kColumnNameBytesMax);
  }
  if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    return "the name of a column holds a control character";
  }
  return std::nullopt;
}

}  // namespace neuralake::catalog
