#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "neuralake/delta/predicate.h"
#include "neuralake/delta/state/column_facts.h"

namespace neuralake::delta {

/// What a condition can be for the rows of a file, as a set of truth values.
class Outcomes {
 public:
  constexpr Outcomes() = default;
  static constexpr Outcomes True() { return Outcomes(kTrue); }
  static constexpr Outcomes False() { return Outcomes(kFalse); }
  static constexpr Outcomes Null() { return Outcomes(kNull); }
  static constexpr Outcomes Any() { return Outcomes(kTrue | kFalse | kNull); }

  constexpr bool can_be_true() const { return (bits_ & kTrue) != 0; }
  constexpr bool can_be_false() const { return (bits_ & kFalse) != 0; }
  constexpr bool can_be_null() const { return (bits_ & kNull) != 0; }

  /// Either set's outcomes.
  constexpr Outcomes operator|(Outcomes other) const {
    return Outcomes(static_cast<std::uint8_t>(bits_ | other.bits_));
  }

  /// SQL's AND, OR and NOT, for any row with an outcome of each side.
  Outcomes And(Outcomes other) const;
  Outcomes Or(Outcomes other) const;
  Outcomes Not() const;

  /// An empty set, of a file without rows, skips the file.
  Tri ToTri() const;

 private:
  enum Bit : std::uint8_t { kTrue = 1, kFalse = 2, kNull = 4 };
  constexpr explicit Outcomes(unsigned bits) : bits_(static_cast<std::uint8_t>(bits)) {}

  std::uint8_t bits_ = 0;
};

/// What a leaf of a predicate asks about its column in one file.
struct LeafFacts {
  Datum min;
  Datum max;
  bool may_be_null = true;
  bool may_be_value = true;
};

/// The outcomes of the leaf `predicate` (a comparison, a null test, in, starts-with) for a column
/// with `facts`.
Outcomes EvaluateLeaf(const Predicate& predicate, const LeafFacts& facts);

/// The outcomes of a whole tree; `leaf` answers for the leaves that name a column.
template <class Leaf>
Outcomes EvaluateTree(const Predicate& predicate, const Leaf& leaf) {
  switch (predicate.kind) {
    case PredicateKind::kTrue:
      return Outcomes::True();
    case PredicateKind::kFalse:
      return Outcomes::False();
    case PredicateKind::kAnd: {
      Outcomes all = Outcomes::True();
      for (const auto& child : predicate.children) all = all.And(EvaluateTree(child, leaf));
      return all;
    }
    case PredicateKind::kOr: {
      Outcomes any = Outcomes::False();
      for (const auto& child : predicate.children) any = any.Or(EvaluateTree(child, leaf));
      return any;
    }
    case PredicateKind::kNot:
      if (predicate.children.size() != 1) return Outcomes::Any();
      return EvaluateTree(predicate.children[0], leaf).Not();
    default:
      return leaf(predicate);
  }
}

}  // namespace neuralake::delta
