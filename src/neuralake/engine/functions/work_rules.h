#pragma once

#include <string_view>

namespace neuralake::engine {

/// What a function takes for one row at worst, in nanoseconds.
struct WorkRule {
  std::string_view function;
  double byte = 1;      ///< For a byte of text in any argument.
  double element = 10;  ///< For an element of a list in any argument.
  double pair = 0;      ///< For a byte of the first argument with one of the second.
  /// Whether a value that alone takes longer than `kValueMax` is refused.
  bool refuses = false;
  bool grows =
      false;  ///< The third argument stands in the answer for each second one in the first.
};

/// The rule of `function`, which is in lower case.
WorkRule WorkRuleOf(std::string_view function);

/// The rule of a function that works on a list by `aggregate`.
WorkRule AggregateRule(std::string_view aggregate);

}  // namespace neuralake::engine
