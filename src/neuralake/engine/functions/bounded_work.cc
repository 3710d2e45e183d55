#include "neuralake/engine/functions/bounded_work.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include <duckdb/catalog/catalog_entry/scalar_function_catalog_entry.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/execution/expression_executor_state.hpp>
#include <fmt/format.h>

#include "neuralake/engine/functions/work_rules.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/sql/function_policy.h"
#include "neuralake/engine/types/duck_error.h"
#include "neuralake/engine/types/value_size.h"

namespace neuralake::engine {
namespace {

using duckdb::DataChunk;
using duckdb::idx_t;
using duckdb::Vector;

constexpr double Nanoseconds(std::chrono::milliseconds time) {
  return static_cast<double>(std::chrono::nanoseconds(time).count());
}

[[noreturn]] void Refuse(const std::string& message) {
  ThrowError({ErrorKind::kResourceExhausted, message, {}, -1});
}

/// What each row of a batch may take, in nanoseconds.
class Costs {
 public:
  Costs(DataChunk& rows, const WorkRule& rule) : rule_(rule) {
    std::vector<ValueSizes> columns;
    columns.reserve(rows.ColumnCount());
    for (auto& column : rows.data) columns.emplace_back(column, rows.size());
    // One value stands for all rows, and is worked on once.
    const idx_t count = rows.AllConstant() ? std::min<idx_t>(rows.size(), 1) : rows.size();
    costs_.reserve(count);
    std::vector<ValueSize> sizes(columns.size());
    for (idx_t row = 0; row < count; ++row) {
      for (std::size_t i = 0; i < columns.size(); ++i) sizes[i] = columns[i][row];
      costs_.push_back(CostOf(sizes));
      whole_ += costs_.back();
    }
  }

  bool at_a_stretch() const { return whole_ <= kStretch; }

  /// How many rows from `first` on can be worked on at a stretch; at least one.
  idx_t Stretch(idx_t first) const {
    idx_t end = first;
    for (double cost = 0; end < costs_.size(); ++end) {
      cost += costs_[end];
      if (cost > kStretch && end > first) break;
    }
    return end - first;
  }

 private:
  static constexpr double kStretch = Nanoseconds(kStretchMax);

  double CostOf(const std::vector<ValueSize>& sizes) const {
    double bytes = 0;
    double elements = 0;
    for (const auto& size : sizes) {
      bytes += size.bytes;
      elements += size.elements;
    }
    double cost = bytes * rule_.byte + elements * rule_.element;
    if (rule_.pair > 0 && sizes.size() > 1) cost += sizes[0].bytes * sizes[1].bytes * rule_.pair;
    if (rule_.refuses && cost > Nanoseconds(kValueMax)) {
      Refuse(
          fmt::format("{} of values with {:.0f} bytes and {:.0f} elements could take {:.1f} s, in "
                      "which nothing "
                      "could stop it, and may take {} ms; cut the values, or unnest the lists",
                      rule_.function, bytes, elements, cost / 1e9, kValueMax.count()));
    }
    if (rule_.grows && sizes.size() > 2 && sizes[1].bytes > 0 &&
        sizes[0].bytes / sizes[1].bytes * sizes[2].bytes > static_cast<double>(kReplacedBytesMax)) {
      Refuse(fmt::format("{} could make a value of more than {} bytes; cut the values",
                         rule_.function, kReplacedBytesMax));
    }
    return cost;
  }

  const WorkRule& rule_;
  std::vector<double> costs_;
  double whole_ = 0;
};

/// The rows of a piece. Functions on lists look at all elements that a vector holds, so that a
/// piece holds its own alone.
void Cut(DataChunk& rows, idx_t first, idx_t count, DataChunk& piece) {
  piece.InitializeEmpty(rows.GetTypes());
  duckdb::SelectionVector chosen(first, count);
  for (std::size_t i = 0; i < rows.data.size(); ++i) {
    auto& column = rows.data[i];
    const bool nested = column.GetType().IsNested() && HasLength(column.GetType());
    if (!nested || column.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR) {
      piece.data[i].Slice(column, chosen, count);
      continue;
    }
    Vector own(column.GetType(), count);
    duckdb::VectorOperations::Copy(column, own, chosen, count, 0, 0);
    piece.data[i].Reference(own);
  }
  piece.SetCardinality(count);
}

/// Run `work`, a call of `function`, and tell what it throws as its own.
template <class Work>
void Named(const std::string& function, const Work& work) {
  try {
    work();
  } catch (const std::exception& thrown) {
    const duckdb::ErrorData error(thrown);
    if (error.Type() == duckdb::ExceptionType::OUT_OF_MEMORY) {
      Refuse(function + ": " + FromDuckError(error).message);
    }
    const bool of_arguments = error.Type() == duckdb::ExceptionType::INVALID_INPUT ||
                              error.Type() == duckdb::ExceptionType::INVALID;
    if (of_arguments && !IsOurs(error)) ThrowOfFunction(error);
    throw;
  }
}

/// A function whose values are short, whatever they are.
struct NamedFunction {
  duckdb::scalar_function_t inner;
  std::string name;

  void operator()(DataChunk& rows, duckdb::ExpressionState& state, Vector& result) const {
    Named(name, [&] { inner(rows, state, result); });
  }
};

struct BoundFunction {
  duckdb::scalar_function_t inner;
  std::string name;
  WorkRule rule;

  void operator()(DataChunk& rows, duckdb::ExpressionState& state, Vector& result) const {
    Named(name, [&] { Run(rows, state, result); });
  }

  void Run(DataChunk& rows, duckdb::ExpressionState& state, Vector& result) const {
    if (AreShort(rows)) return inner(rows, state, result);
    const Costs costs(rows, rule);
    if (costs.at_a_stretch()) return inner(rows, state, result);
    if (rows.AllConstant()) return RunOnce(rows, state, result);
    RunInPieces(costs, rows, state, result);
  }

  /// Whether no row can take long, by the longest text of each column: what most batches are.
  bool AreShort(DataChunk& rows) const {
    double bytes = 0;
    std::array<double, 3> longest{};
    for (std::size_t i = 0; i < rows.data.size(); ++i) {
      const auto of_column = LongestText(rows.data[i], rows.size());
      if (!of_column) return false;
      bytes += *of_column;
      if (i < longest.size()) longest[i] = *of_column;
    }
    const double cost = bytes * rule.byte + longest[0] * longest[1] * rule.pair;
    if (cost * static_cast<double>(rows.size()) > Nanoseconds(kStretchMax)) return false;
    return !rule.grows || longest[0] * longest[2] <= static_cast<double>(kReplacedBytesMax);
  }

  void RunOnce(DataChunk& rows, duckdb::ExpressionState& state, Vector& result) const {
    DataChunk one;
    Cut(rows, 0, 1, one);
    Vector answer(result.GetType(), 1);
    inner(one, state, answer);
    duckdb::ConstantVector::Reference(result, answer, 0, 1);
  }

  void RunInPieces(const Costs& costs, DataChunk& rows, duckdb::ExpressionState& state,
                   Vector& result) const {
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    for (idx_t first = 0; first < rows.size();) {
      if (state.GetContext().IsInterrupted()) throw duckdb::InterruptException();
      const idx_t count = costs.Stretch(first);
      DataChunk piece;
      Cut(rows, first, count, piece);
      Vector answers(result.GetType(), count);
      inner(piece, state, answers);
      duckdb::VectorOperations::Copy(answers, result, count, 0, first);
      first += count;
    }
  }
};

/// What a function was before: binding may choose another callback, and the types.
struct Original final : duckdb::ScalarFunctionInfo {
  duckdb::bind_scalar_function_t bind;
  duckdb::bind_scalar_function_extended_t bind_extended;
  WorkRule rule;
  bool by_aggregate;  ///< The second argument names what works on the list.
};

WorkRule RuleOf(duckdb::ClientContext& context, const Original& original,
                const duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  if (!original.by_aggregate || arguments.size() < 2 || !arguments[1]->IsFoldable()) {
    return original.rule;
  }
  const auto name = duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[1]);
  WorkRule rule = AggregateRule(duckdb::StringUtil::Lower(name.ToString()));
  rule.function = original.rule.function;
  return rule;
}

void Bound(duckdb::ScalarFunction& function, const WorkRule& rule,
           const duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  bool long_values = HasLength(function.GetReturnType());
  for (const auto& argument : arguments) long_values |= HasLength(argument->return_type);
  for (const auto& type : function.arguments) {
    long_values |= type.IsComplete() && HasLength(type);
  }
  if (!function.HasFunctionCallback()) return;
  auto inner = function.GetFunctionCallback();
  const std::string name(rule.function);
  if (long_values) {
    function.SetFunctionCallback(BoundFunction{std::move(inner), name, rule});
  } else {
    function.SetFunctionCallback(NamedFunction{std::move(inner), name});
  }
}

duckdb::unique_ptr<duckdb::FunctionData> BindBounded(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto& original = function.GetExtraFunctionInfo().Cast<Original>();
  const WorkRule rule = RuleOf(context, original, arguments);
  auto data = original.bind ? original.bind(context, function, arguments) : nullptr;
  Bound(function, rule, arguments);
  return data;
}

duckdb::unique_ptr<duckdb::FunctionData> BindBoundedExtended(
    duckdb::ScalarFunctionBindInput& input, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto& original = function.GetExtraFunctionInfo().Cast<Original>();
  const WorkRule rule = original.rule;
  auto data = original.bind_extended(input, function, arguments);
  Bound(function, rule, arguments);
  return data;
}

void BoundOne(duckdb::ScalarFunction& function, const FunctionRule& policy) {
  // Functions of extensions that are not there say so in their bind.
  if (function.HasExtraFunctionInfo()) return;
  auto original = duckdb::make_shared_ptr<Original>();
  original->bind = function.GetBindCallback();
  original->bind_extended = function.GetBindExtendedCallback();
  original->rule = WorkRuleOf(policy.name);
  original->by_aggregate = policy.verdict == Verdict::kNamesAnother;
  function.SetExtraFunctionInfo(original);
  if (original->bind == nullptr && original->bind_extended != nullptr) {
    function.SetBindExtendedCallback(BindBoundedExtended);
  } else {
    function.SetBindCallback(BindBounded);
  }
  // By what is known of its texts, it would choose another callback after it was bound.
  if (original->rule.pair > 0) function.SetStatisticsCallback(nullptr);
}

}  // namespace

void BoundWork(duckdb::ClientContext& context) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(context);
  for (const FunctionRule& policy : FunctionRules()) {
    if (!WhyRefused(policy.name, false).empty()) continue;
    auto entry =
        catalog.GetEntry(context, DEFAULT_SCHEMA,
                         duckdb::EntryLookupInfo(duckdb::CatalogType::SCALAR_FUNCTION_ENTRY,
                                                 std::string(policy.name)),
                         duckdb::OnEntryNotFound::RETURN_NULL);
    if (!entry || entry->type != duckdb::CatalogType::SCALAR_FUNCTION_ENTRY) continue;
    auto& functions = entry->Cast<duckdb::ScalarFunctionCatalogEntry>().functions.functions;
    for (auto& function : functions) BoundOne(function, policy);
  }
}

}  // namespace neuralake::engine
