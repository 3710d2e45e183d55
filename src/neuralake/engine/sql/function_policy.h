#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace neuralake::engine {

/// Whether SQL may call a function, or why not.
enum class Verdict {
  kAllowed,
  kScalarOnly,    ///< In expressions; as a table function it reads tables by their name.
  kTableOnly,     ///< In FROM; as a value it builds a list that no interrupt stops.
  kNamesAnother,  ///< Where it names a function, its second argument, that may be called itself.
  kFile,          ///< Reads files or the network.
  kQuery,         ///< Runs text, plans or pointers as a query.
  kSession,       ///< Reads or changes settings, sessions, logs or sequences.
  kInternal,      ///< Shows or handles the engine's insides.
  kUnbounded,     ///< Can work on one value for seconds, which no interrupt stops.
};

struct FunctionRule {
  std::string_view name;
  Verdict verdict;
};

/// A rule for every function of the build, in order of their names.
std::span<const FunctionRule> FunctionRules();

/// Whether the build has a function of this name, in any case.
bool HasFunction(std::string_view function);

/// The functions that may be called there, in order of their names.
std::vector<std::string_view> AllowedFunctions(bool as_table);

/// Whether `function` (any case) calls another one, which its second argument names.
bool NamesAnother(std::string_view function);

/// Why `function` (any case) may not be called there; empty when it may. A name without a rule is
/// refused as unknown.
std::string WhyRefused(std::string_view function, bool as_table);

}  // namespace neuralake::engine
