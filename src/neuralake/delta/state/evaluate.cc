#include "neuralake/delta/state/evaluate.h"

namespace neuralake::delta {
namespace {

/// Whether `left` is known to lie before (after) `right`.
bool Before(const Datum& left, const Datum& right) {
  const auto order = Compare(left, right);
  return order && *order < 0;
}

bool Same(const Datum& left, const Datum& right) {
  const auto order = Compare(left, right);
  return order && *order == 0;
}

Outcomes Choose(bool can_be_true, bool can_be_false) {
  Outcomes outcomes;
  if (can_be_true) outcomes = outcomes | Outcomes::True();
  if (can_be_false) outcomes = outcomes | Outcomes::False();
  return outcomes;
}

/// The values of a column compared with a literal, nulls aside.
Outcomes CompareValues(PredicateKind kind, const LeafFacts& facts, const Datum& literal) {
  const bool all_before = Before(facts.max, literal);
  const bool all_after = Before(literal, facts.min);
  const bool none_before = all_after || Same(facts.min, literal);
  const bool none_after = all_before || Same(facts.max, literal);
  switch (kind) {
    case PredicateKind::kEqual:
      return Choose(!all_before && !all_after, !(none_before && none_after));
    case PredicateKind::kNotEqual:
      return Choose(!(none_before && none_after), !all_before && !all_after);
    case PredicateKind::kLess:
      return Choose(!none_before, !all_before);
    case PredicateKind::kLessEqual:
      return Choose(!all_after, !none_after);
    case PredicateKind::kGreater:
      return Choose(!none_after, !all_after);
    case PredicateKind::kGreaterEqual:
      return Choose(!all_before, !none_before);
    default:
      return Choose(true, true);
  }
}

Outcomes CompareLeaf(PredicateKind kind, const LeafFacts& facts, const columnar::Value& literal) {
  // Comparing with null is unknown for every row.
  if (literal.is_null()) return Outcomes::Null();
  Outcomes outcomes;
  if (facts.may_be_value) outcomes = CompareValues(kind, facts, Datum::Of(literal));
  if (facts.may_be_null) outcomes = outcomes | Outcomes::Null();
  return outcomes;
}

Outcomes InLeaf(const Predicate& predicate, const LeafFacts& facts) {
  Outcomes any = Outcomes::False();
  for (const auto& literal : predicate.literals) {
    any = any.Or(CompareLeaf(PredicateKind::kEqual, facts, literal));
  }
  return any;
}

Outcomes StartsWithLeaf(const LeafFacts& facts, const columnar::Value& literal) {
  const Datum prefix = Datum::Of(literal);
  if (literal.is_null()) return Outcomes::Null();
  if (prefix.family != Datum::Family::kText) return Outcomes::Any();
  const auto head = [&](const Datum& bound) { return bound.text.substr(0, prefix.text.size()); };
  const bool has_min = facts.min.family == Datum::Family::kText;
  const bool has_max = facts.max.family == Datum::Family::kText;
  const bool all_before = has_max && head(facts.max) < prefix.text;
  const bool all_after = has_min && head(facts.min) > prefix.text;
  const bool all_inside = has_min && has_max && facts.min.text.starts_with(prefix.text) &&
                          facts.max.text.starts_with(prefix.text);
  Outcomes outcomes;
  if (facts.may_be_value) outcomes = Choose(!all_before && !all_after, !all_inside);
  if (facts.may_be_null) outcomes = outcomes | Outcomes::Null();
  return outcomes;
}

}  // namespace

Outcomes Outcomes::And(Outcomes other) const {
  Outcomes result;
  if (can_be_true() && other.can_be_true()) result = result | True();
  // A false side makes false, whatever the other is; but both sides need an outcome at all.
  if (bits_ != 0 && other.bits_ != 0 && (can_be_false() || other.can_be_false())) {
    result = result | False();
  }
  const bool null_here = can_be_null() && (other.can_be_null() || other.can_be_true());
  const bool null_there = other.can_be_null() && (can_be_null() || can_be_true());
  if (null_here || null_there) result = result | Null();
  return result;
}

Outcomes Outcomes::Or(Outcomes other) const { return Not().And(other.Not()).Not(); }

Outcomes Outcomes::Not() const {
  Outcomes result;
  if (can_be_true()) result = result | False();
  if (can_be_false()) result = result | True();
  if (can_be_null()) result = result | Null();
  return result;
}

Tri Outcomes::ToTri() const {
  if (!can_be_true()) return Tri::kFalse;
  return can_be_false() || can_be_null() ? Tri::kMaybe : Tri::kTrue;
}

Outcomes EvaluateLeaf(const Predicate& predicate, const LeafFacts& facts) {
  switch (predicate.kind) {
    case PredicateKind::kIsNull:
      return Choose(facts.may_be_null, facts.may_be_value);
    case PredicateKind::kIsNotNull:
      return Choose(facts.may_be_value, facts.may_be_null);
    case PredicateKind::kIn:
      return InLeaf(predicate, facts);
    case PredicateKind::kStartsWith:
      if (predicate.literals.size() != 1) return Outcomes::Any();
      return StartsWithLeaf(facts, predicate.literals[0]);
    default:
      if (predicate.literals.size() != 1) return Outcomes::Any();
      return CompareLeaf(predicate.kind, facts, predicate.literals[0]);
  }
}

}  // namespace neuralake::delta
