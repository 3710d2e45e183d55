#include "neuralake/engine/sql/function_policy.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace neuralake::engine {
namespace {

constexpr auto kRules = std::to_array<FunctionRule>({
#define NL_FUNCTION(name, verdict) {name, Verdict::verdict},
#include "neuralake/engine/sql/function_policy.inc"
#undef NL_FUNCTION
});

std::string Reason(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFile:
      return "it reads files or the network";
    case Verdict::kQuery:
      return "it runs its argument as a query";
    case Verdict::kSession:
      return "it reads or changes the engine's session";
    case Verdict::kInternal:
      return "it belongs to the engine's insides";
    case Verdict::kUnbounded:
      return "it could not be stopped once it works on a large value";
    case Verdict::kTableOnly:
      return "it can be used in FROM only";
    case Verdict::kScalarOnly:
      return "it cannot be used in FROM";
    case Verdict::kNamesAnother:
    case Verdict::kAllowed:
      break;
  }
  return {};
}

const FunctionRule* Find(std::string_view function) {
  std::string name(function);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto found = std::ranges::lower_bound(kRules, name, {}, &FunctionRule::name);
  return found == kRules.end() || found->name != name ? nullptr : &*found;
}

}  // namespace

std::span<const FunctionRule> FunctionRules() { return kRules; }

bool HasFunction(std::string_view function) { return Find(function) != nullptr; }

bool NamesAnother(std::string_view function) {
  const auto* found = Find(function);
  return found != nullptr && found->verdict == Verdict::kNamesAnother;
}

std::vector<std::string_view> AllowedFunctions(bool as_table) {
  std::vector<std::string_view> names;
  for (const auto& rule : kRules) {
    // Operators are functions too, and nobody means one when a word is not known.
    const bool word = std::isalpha(static_cast<unsigned char>(rule.name.front())) != 0;
    if (word && WhyRefused(rule.name, as_table).empty()) names.push_back(rule.name);
  }
  return names;
}

std::string WhyRefused(std::string_view function, bool as_table) {
  const auto* found = Find(function);
  if (found == nullptr) return "there is no function of that name";
  if (found->verdict == Verdict::kTableOnly && as_table) return {};
  if (found->verdict == Verdict::kScalarOnly && !as_table) return {};
  return Reason(found->verdict);
}

}  // namespace neuralake::engine
