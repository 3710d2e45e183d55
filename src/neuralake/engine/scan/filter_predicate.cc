#include "neuralake/engine/scan/filter_predicate.h"

#include <array>

#include "neuralake/engine/types/duck_value.h"

namespace neuralake::engine {
namespace {

using columnar::DataType;
using columnar::TypeId;
using delta::Predicate;
using delta::PredicateKind;
using duckdb::Expression;
using duckdb::ExpressionClass;
using duckdb::ExpressionType;

/// A column or a field of one, as a path of names, with its type.
struct ColumnPath {
  std::vector<std::string> names;
  DataType type;
};

std::optional<PredicateKind> ComparisonOf(ExpressionType type) {
  switch (type) {
    case ExpressionType::COMPARE_EQUAL:
      return PredicateKind::kEqual;
    case ExpressionType::COMPARE_NOTEQUAL:
      return PredicateKind::kNotEqual;
    case ExpressionType::COMPARE_LESSTHAN:
      return PredicateKind::kLess;
    case ExpressionType::COMPARE_LESSTHANOREQUALTO:
      return PredicateKind::kLessEqual;
    case ExpressionType::COMPARE_GREATERTHAN:
      return PredicateKind::kGreater;
    case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      return PredicateKind::kGreaterEqual;
    default:
      return std::nullopt;
  }
}

std::optional<Predicate> Comparison(ExpressionType type, const ColumnPath& path,
                                    const duckdb::Value& constant) {
  const auto kind = ComparisonOf(type);
  auto literal = FromDuckValue(constant, path.type);
  if (!kind || !literal) return std::nullopt;
  return Predicate{*kind, path.names, {*std::move(literal)}, {}};
}

std::optional<Predicate> InList(const ColumnPath& path,
                                const std::vector<const duckdb::Value*>& values) {
  Predicate in{PredicateKind::kIn, path.names, {}, {}};
  for (const duckdb::Value* value : values) {
    if (value->IsNull()) continue;  // `x IN (…, NULL)` is never true by the null
    auto literal = FromDuckValue(*value, path.type);
    if (!literal) return std::nullopt;
    in.literals.push_back(*std::move(literal));
  }
  return in;
}

// Strings with a collation compare otherwise than the statistics do.
bool Comparable(const duckdb::LogicalType& type) {
  return type.id() != duckdb::LogicalTypeId::VARCHAR ||
         duckdb::StringType::GetCollation(type).empty();
}

std::optional<ColumnPath> Field(const ColumnPath& parent, const std::string& name) {
  if (parent.type.id != TypeId::kStruct) return std::nullopt;
  for (const auto& child : parent.type.children) {
    if (!duckdb::StringUtil::CIEquals(child.name, name)) continue;
    ColumnPath path{parent.names, child.type};
    path.names.push_back(child.name);
    return path;
  }
  return std::nullopt;
}

std::optional<ColumnPath> PathOf(const Expression& expression, const ColumnResolver& resolve) {
  if (!Comparable(expression.return_type)) return std::nullopt;
  if (expression.GetExpressionClass() == ExpressionClass::BOUND_COLUMN_REF) {
    const auto* column = resolve(expression.Cast<duckdb::BoundColumnRefExpression>());
    if (column == nullptr) return std::nullopt;
    return ColumnPath{{column->field.name}, column->field.type};
  }
  if (expression.GetExpressionClass() != ExpressionClass::BOUND_FUNCTION) return std::nullopt;
  const auto& call = expression.Cast<duckdb::BoundFunctionExpression>();
  if (call.function.name != "struct_extract" || call.children.size() != 2 ||
      call.children[1]->GetExpressionClass() != ExpressionClass::BOUND_CONSTANT) {
    return std::nullopt;
  }
  const auto& name = call.children[1]->Cast<duckdb::BoundConstantExpression>().value;
  const auto parent = PathOf(*call.children[0], resolve);
  if (!parent || name.IsNull() || name.type().id() != duckdb::LogicalTypeId::VARCHAR) {
    return std::nullopt;
  }
  return Field(*parent, duckdb::StringValue::Get(name));
}

const duckdb::Value* ConstantOf(const Expression& expression) {
  if (expression.GetExpressionClass() != ExpressionClass::BOUND_CONSTANT) return nullptr;
  return &expression.Cast<duckdb::BoundConstantExpression>().value;
}

std::optional<Predicate> OfComparison(const duckdb::BoundComparisonExpression& expression,
                                      const ColumnResolver& resolve) {
  if (const auto* constant = ConstantOf(*expression.right)) {
    const auto path = PathOf(*expression.left, resolve);
    if (path) return Comparison(expression.type, *path, *constant);
  } else if (const auto* left = ConstantOf(*expression.left)) {
    const auto path = PathOf(*expression.right, resolve);
    if (path) return Comparison(duckdb::FlipComparisonExpression(expression.type), *path, *left);
  }
  return std::nullopt;
}

std::optional<Predicate> OfConjunction(const duckdb::BoundConjunctionExpression& expression,
                                       const ColumnResolver& resolve) {
  const bool conjunction = expression.type == ExpressionType::CONJUNCTION_AND;
  Predicate out{conjunction ? PredicateKind::kAnd : PredicateKind::kOr, {}, {}, {}};
  for (const auto& child : expression.children) {
    auto part = PredicateOf(*child, resolve);
    if (part) {
      out.children.push_back(*std::move(part));
    } else if (!conjunction) {
      return std::nullopt;  // a side that says nothing could be true anywhere
    }
  }
  if (out.children.empty()) return std::nullopt;
  return out;
}

std::optional<Predicate> OfOperator(const duckdb::BoundOperatorExpression& expression,
                                    const ColumnResolver& resolve) {
  const auto path = PathOf(*expression.children[0], resolve);
  if (!path) return std::nullopt;
  switch (expression.type) {
    case ExpressionType::OPERATOR_IS_NULL:
      return Predicate{PredicateKind::kIsNull, path->names, {}, {}};
    case ExpressionType::OPERATOR_IS_NOT_NULL:
      return Predicate{PredicateKind::kIsNotNull, path->names, {}, {}};
    case ExpressionType::COMPARE_IN: {
      std::vector<const duckdb::Value*> values;
      for (std::size_t i = 1; i < expression.children.size(); ++i) {
        values.push_back(ConstantOf(*expression.children[i]));
        if (values.back() == nullptr) return std::nullopt;
      }
      return InList(*path, values);
    }
    default:
      return std::nullopt;
  }
}

std::optional<Predicate> OfBetween(const duckdb::BoundBetweenExpression& expression,
                                   const ColumnResolver& resolve) {
  const auto path = PathOf(*expression.input, resolve);
  if (!path) return std::nullopt;
  std::vector<Predicate> parts;
  if (const auto* lower = ConstantOf(*expression.lower)) {
    auto part = Comparison(expression.LowerComparisonType(), *path, *lower);
    if (part) parts.push_back(*std::move(part));
  }
  if (const auto* upper = ConstantOf(*expression.upper)) {
    auto part = Comparison(expression.UpperComparisonType(), *path, *upper);
    if (part) parts.push_back(*std::move(part));
  }
  if (parts.empty()) return std::nullopt;
  return AndOf(std::move(parts));
}

std::optional<Predicate> OfFunction(const duckdb::BoundFunctionExpression& call,
                                    const ColumnResolver& resolve) {
  static constexpr std::array kPrefixFunctions = {"prefix", "starts_with", "^@"};
  if (std::ranges::find(kPrefixFunctions, call.function.name) == kPrefixFunctions.end() ||
      call.children.size() != 2) {
    return std::nullopt;
  }
  const auto* prefix = ConstantOf(*call.children[1]);
  const auto path = PathOf(*call.children[0], resolve);
  if (prefix == nullptr || !path) return std::nullopt;
  auto literal = FromDuckValue(*prefix, path->type);
  if (!literal || path->type.id != TypeId::kString) return std::nullopt;
  return Predicate{PredicateKind::kStartsWith, path->names, {*std::move(literal)}, {}};
}

std::optional<Predicate> OfFilter(duckdb::TableFilter& filter, const ColumnPath& path);

template <class Filters>
std::optional<Predicate> OfFilters(Filters& filters, const ColumnPath& path, PredicateKind kind) {
  Predicate out{kind, {}, {}, {}};
  for (auto& child : filters) {
    auto part = OfFilter(*child, path);
    if (part) {
      out.children.push_back(*std::move(part));
    } else if (kind == PredicateKind::kOr) {
      return std::nullopt;
    }
  }
  if (out.children.empty()) return std::nullopt;
  return out;
}

std::optional<Predicate> OfDynamic(duckdb::DynamicFilter& filter, const ColumnPath& path) {
  if (!filter.filter_data) return std::nullopt;
  std::lock_guard lock(filter.filter_data->lock);
  if (!filter.filter_data->initialized || !filter.filter_data->filter) return std::nullopt;
  return OfFilter(*filter.filter_data->filter, path);
}

std::optional<Predicate> OfFilter(duckdb::TableFilter& filter, const ColumnPath& path) {
  using duckdb::TableFilterType;
  switch (filter.filter_type) {
    case TableFilterType::CONSTANT_COMPARISON: {
      const auto& constant = filter.Cast<duckdb::ConstantFilter>();
      return Comparison(constant.comparison_type, path, constant.constant);
    }
    case TableFilterType::IS_NULL:
      return Predicate{PredicateKind::kIsNull, path.names, {}, {}};
    case TableFilterType::IS_NOT_NULL:
      return Predicate{PredicateKind::kIsNotNull, path.names, {}, {}};
    case TableFilterType::IN_FILTER: {
      std::vector<const duckdb::Value*> values;
      for (const auto& value : filter.Cast<duckdb::InFilter>().values) values.push_back(&value);
      return InList(path, values);
    }
    case TableFilterType::CONJUNCTION_AND:
      return OfFilters(filter.Cast<duckdb::ConjunctionAndFilter>().child_filters, path,
                       PredicateKind::kAnd);
    case TableFilterType::CONJUNCTION_OR:
      return OfFilters(filter.Cast<duckdb::ConjunctionOrFilter>().child_filters, path,
                       PredicateKind::kOr);
    case TableFilterType::OPTIONAL_FILTER: {
      auto& child = filter.Cast<duckdb::OptionalFilter>().child_filter;
      return child ? OfFilter(*child, path) : std::nullopt;
    }
    case TableFilterType::STRUCT_EXTRACT: {
      auto& extract = filter.Cast<duckdb::StructFilter>();
      const auto field = Field(path, extract.child_name);
      return field ? OfFilter(*extract.child_filter, *field) : std::nullopt;
    }
    case TableFilterType::DYNAMIC_FILTER:
      return OfDynamic(filter.Cast<duckdb::DynamicFilter>(), path);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Predicate> PredicateOf(const Expression& expression, const ColumnResolver& resolve) {
  switch (expression.GetExpressionClass()) {
    case ExpressionClass::BOUND_COMPARISON:
      return OfComparison(expression.Cast<duckdb::BoundComparisonExpression>(), resolve);
    case ExpressionClass::BOUND_CONJUNCTION:
      return OfConjunction(expression.Cast<duckdb::BoundConjunctionExpression>(), resolve);
    case ExpressionClass::BOUND_OPERATOR:
      return OfOperator(expression.Cast<duckdb::BoundOperatorExpression>(), resolve);
    case ExpressionClass::BOUND_BETWEEN:
      return OfBetween(expression.Cast<duckdb::BoundBetweenExpression>(), resolve);
    case ExpressionClass::BOUND_FUNCTION:
      return OfFunction(expression.Cast<duckdb::BoundFunctionExpression>(), resolve);
    case ExpressionClass::BOUND_COLUMN_REF: {
      const auto path = PathOf(expression, resolve);  // `WHERE flag`
      if (!path || path->type.id != TypeId::kBoolean) return std::nullopt;
      return Predicate{PredicateKind::kEqual, path->names, {{path->type, true}}, {}};
    }
    default:
      return std::nullopt;
  }
}

std::optional<Predicate> PredicateOf(duckdb::TableFilter& filter, const ScanColumn& column) {
  return OfFilter(filter, {{column.field.name}, column.field.type});
}

Predicate AndOf(std::vector<Predicate> parts) {
  if (parts.size() == 1) return std::move(parts[0]);
  if (parts.empty()) return {};
  return {PredicateKind::kAnd, {}, {}, std::move(parts)};
}

}  // namespace neuralake::engine
