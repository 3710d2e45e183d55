#pragma once

#include <memory>
#include <string>
#include <vector>

#include "neuralake/columnar/value.h"

namespace neuralake::delta {

enum class PredicateKind : std::uint8_t {
  kTrue,
  kFalse,
  kEqual,  ///< column op literal
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,          ///< column in literals
  kStartsWith,  ///< string column, one string literal
  kIsNull,
  kIsNotNull,
  kAnd,  ///< children
  kOr,
  kNot,  ///< one child
};

/// A condition on columns, as far as files can be chosen by it. SQL text never comes here.
///
/// A column is a path of logical names (`a`, or `s`, `x` for a field of a struct). Comparison with
/// a null literal is unknown, as in SQL. NaN is greater than every number and equal to itself.
struct Predicate {
  PredicateKind kind = PredicateKind::kTrue;
  std::vector<std::string> column;
  std::vector<columnar::Value> literals;
  std::vector<Predicate> children;
};

/// What a predicate is for a whole file.
enum class Tri : std::uint8_t {
  kFalse,  ///< No row of the file can satisfy it: skip the file.
  kTrue,   ///< Every row satisfies it.
  kMaybe,  ///< The statistics do not say.
};

}  // namespace neuralake::delta
