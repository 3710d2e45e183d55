#include "neuralake/catalog/names.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

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

/// Optimal string alignment distance; inputs are short words.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string Folded(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return folded;
}

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

std::optional<std::string_view> Nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  // Long texts are no typing mistakes, and their distance would be dear.
  if (word.empty() || word.size() > kNameBytesMax) return std::nullopt;
  const std::string folded = Folded(word);
  const std::size_t allowed = std::max<std::size_t>(1, word.size() / 3);
  std::optional<std::string_view> best;
  std::size_t best_distance = allowed + 1;
  for (const auto candidate : candidates) {
    const std::string other = Folded(candidate);
    const bool longer_form = folded.size() >= 3 && other.starts_with(folded);
    const std::size_t distance = longer_form ? allowed : Distance(folded, other);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace neuralake::catalog
