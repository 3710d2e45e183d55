#include "neuralake/engine/sql/like_functions.h"

#include <chrono>

#include <duckdb/catalog/catalog_entry/scalar_function_catalog_entry.hpp>
#include <duckdb/common/vector_operations/binary_executor.hpp>
#include <duckdb/common/vector_operations/ternary_executor.hpp>
#include <duckdb/execution/expression_executor_state.hpp>
#include <duckdb/function/scalar/string_functions.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>

#include "neuralake/engine/limits.h"
#include "neuralake/engine/sql/wildcards.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

using duckdb::string_t;

/// One of the functions, as DuckDB names them.
struct Kind {
  const char* name;
  bool negated = false;
  bool without_case = false;
  bool glob = false;
};

constexpr Kind kKinds[] = {
    {"~~"},
    {"!~~", true},
    {"~~*", false, true},
    {"!~~*", true, true},
    {"~~~", false, false, true},
    {"like_escape"},
    {"not_like_escape", true},
    {"ilike_escape", false, true},
    {"not_ilike_escape", true, true},
};

std::string_view View(const string_t& text) { return {text.GetData(), text.GetSize()}; }

/// Counts the steps of a batch: refuses what is too long, and looks for an interrupt meanwhile.
class Steps {
 public:
  explicit Steps(duckdb::ClientContext& context) : context_(context) {}

  void Take(std::string_view value, std::string_view pattern, char any) {
    const std::size_t each = LongestPart(pattern, any);
    if (value.size() > kStepsMax / each) {
      ThrowError({ErrorKind::kResourceExhausted,
                  "this pattern takes values of at most " + std::to_string(kStepsMax / each) +
                      " bytes, and one has " + std::to_string(value.size()) +
                      ": nothing could stop it",
                  {},
                  -1});
    }
    taken_ += value.size() * each;
    if (taken_ <= kStepsMax) return;
    taken_ = 0;
    if (context_.IsInterrupted()) throw duckdb::InterruptException();
  }

 private:
  // A step is a nanosecond or two.
  static constexpr std::size_t kStepsMax =
      std::chrono::duration_cast<std::chrono::nanoseconds>(kStretchMax).count();

  duckdb::ClientContext& context_;
  std::size_t taken_ = 0;
};

std::optional<char> EscapeOf(const string_t& escape) {
  if (escape.GetSize() > 1) {
    throw duckdb::SyntaxException(
        "Invalid escape string. Escape string must be empty or one character.");
  }
  if (escape.GetSize() == 0) return std::nullopt;
  return escape.GetData()[0];
}

bool Matches(const Kind& kind, const string_t& value, const string_t& pattern,
             std::optional<char> escape, Steps& steps) {
  steps.Take(View(value), View(pattern), kind.glob ? '*' : '%');
  if (kind.glob) return MatchesGlob(View(value), View(pattern));
  const auto matches = MatchesLike(View(value), View(pattern), escape);
  if (matches) return *matches != kind.negated;
  throw duckdb::SyntaxException("Like pattern must not end with escape character!");
}

/// The texts of `column` in lower case.
void Lower(duckdb::Vector& column, duckdb::idx_t count, duckdb::ExpressionState& state,
           duckdb::Vector& lower) {
  static const auto function = duckdb::LowerFun::GetFunction().GetFunctionCallback();
  duckdb::DataChunk one;
  one.InitializeEmpty({duckdb::LogicalType::VARCHAR});
  one.data[0].Reference(column);
  one.SetCardinality(count);
  function(one, state, lower);
}

void Run(const Kind& kind, duckdb::DataChunk& rows, duckdb::ExpressionState& state,
         duckdb::Vector& result) {
  const duckdb::idx_t count = rows.size();
  duckdb::Vector values(duckdb::LogicalType::VARCHAR, count);
  duckdb::Vector patterns(duckdb::LogicalType::VARCHAR, count);
  if (kind.without_case) {
    Lower(rows.data[0], count, state, values);
    Lower(rows.data[1], count, state, patterns);
  } else {
    values.Reference(rows.data[0]);
    patterns.Reference(rows.data[1]);
  }
  Steps steps(state.GetContext());
  if (rows.ColumnCount() == 2) {
    duckdb::BinaryExecutor::Execute<string_t, string_t, bool>(
        values, patterns, result, count, [&](const string_t& value, const string_t& pattern) {
          return Matches(kind, value, pattern, {}, steps);
        });
    return;
  }
  duckdb::TernaryExecutor::Execute<string_t, string_t, string_t, bool>(
      values, patterns, rows.data[2], result, count,
      [&](const string_t& value, const string_t& pattern, const string_t& escape) {
        return Matches(kind, value, pattern, EscapeOf(escape), steps);
      });
}

}  // namespace

void ReplaceLikeFunctions(duckdb::ClientContext& context) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(context);
  for (const Kind& kind : kKinds) {
    auto& entry =
        catalog.GetEntry<duckdb::ScalarFunctionCatalogEntry>(context, DEFAULT_SCHEMA, kind.name);
    for (auto& function : entry.functions.functions) {
      function.SetFunctionCallback(
          [kind, own = function.GetFunctionCallback()](
              duckdb::DataChunk& rows, duckdb::ExpressionState& state, duckdb::Vector& result) {
            const auto& call = state.expr.Cast<duckdb::BoundFunctionExpression>();
            if (call.bind_info) return own(rows, state, result);
            Run(kind, rows, state, result);
          });
    }
  }
}

}  // namespace neuralake::engine
