#include "neuralake/engine/sql/bounded_functions.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <duckdb/catalog/catalog_entry/scalar_function_catalog_entry.hpp>
#include <duckdb/execution/expression_executor_state.hpp>

#include "neuralake/engine/functions/bounded_work.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/sql/like_functions.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

using duckdb::idx_t;
using duckdb::UnifiedVectorFormat;

constexpr std::size_t kStatesMax = 1'000'000;

/// The count of `{3}`, `{3,}` or `{3,7}` at the start of `text`: the larger one.
std::size_t Repeats(std::string_view text) {
  std::size_t most = 1;
  const auto end = std::min(text.find('}'), text.size());
  for (std::size_t at = 1; at < end;) {
    std::size_t count = 0;
    const auto [stop, error] = std::from_chars(text.data() + at, text.data() + end, count);
    if (error == std::errc{}) most = std::max(most, count);
    at = static_cast<std::size_t>(stop - text.data()) + 1;
  }
  return most;
}

/// Past the class `[…]` that begins at `at`.
std::size_t ClassEnd(std::string_view pattern, std::size_t at) {
  std::size_t end = at + 1;
  if (end < pattern.size() && pattern[end] == '^') ++end;
  if (end < pattern.size() && pattern[end] == ']') ++end;
  while (end < pattern.size() && pattern[end] != ']') end += pattern[end] == '\\' ? 2 : 1;
  return std::min(end + 1, pattern.size());
}

/// How long one byte of a value may take with `pattern`.
std::size_t ByteCost(std::string_view pattern) {
  return PatternStates(pattern) * kRegexpStateCost.count();
}

/// The text of a row; empty for NULL.
std::string_view TextAt(const UnifiedVectorFormat& texts, idx_t row) {
  const auto at = texts.sel->get_index(row);
  if (!texts.validity.RowIsValid(at)) return {};
  const auto& text = UnifiedVectorFormat::GetData<duckdb::string_t>(texts)[at];
  return {text.GetData(), text.GetSize()};
}

/// What each row of a batch may cost, in nanoseconds.
class Costs {
 public:
  Costs(duckdb::DataChunk& rows, const std::string& function) {
    const idx_t count = rows.size();
    rows.data[0].ToUnifiedFormat(count, values_);
    rows.data[1].ToUnifiedFormat(count, patterns_);
    const bool one_pattern = rows.data[1].GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
    std::size_t byte_cost = 0;
    for (idx_t row = 0; row < count; ++row) {
      const auto value = TextAt(values_, row);
      if (row == 0 || !one_pattern) byte_cost = ByteCost(TextAt(patterns_, row));
      const std::size_t cost = value.size() * byte_cost;
      if (cost > kStretch) Refuse(function, value.size(), kStretch / byte_cost);
      costs_.push_back(cost);
      whole_ += cost;
    }
  }

  static constexpr std::size_t kStretch =
      std::chrono::duration_cast<std::chrono::nanoseconds>(kStretchMax).count();

  std::size_t whole() const { return whole_; }

  /// How many rows from `first` on can be worked on at a stretch; at least one.
  idx_t Stretch(idx_t first) const {
    idx_t end = first;
    for (std::size_t cost = 0; end < costs_.size(); ++end) {
      cost += costs_[end];
      if (cost > kStretch && end > first) break;
    }
    return end - first;
  }

 private:
  [[noreturn]] static void Refuse(const std::string& function, std::size_t bytes,
                                  std::size_t bytes_max) {
    ThrowError({ErrorKind::kResourceExhausted,
                function + " with this pattern takes values of at most " +
                    std::to_string(bytes_max) + " bytes, and one has " + std::to_string(bytes) +
                    ": nothing could stop it; cut the value, or look for plain text by contains",
                {},
                -1});
  }

  UnifiedVectorFormat values_;
  UnifiedVectorFormat patterns_;
  std::vector<std::size_t> costs_;
  std::size_t whole_ = 0;
};

duckdb::scalar_function_t Bounded(duckdb::scalar_function_t inner, std::string name) {
  return [inner = std::move(inner), name = std::move(name)](
             duckdb::DataChunk& rows, duckdb::ExpressionState& state, duckdb::Vector& result) {
    const Costs costs(rows, name);
    if (costs.whole() <= Costs::kStretch) return inner(rows, state, result);
    const idx_t count = rows.size();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    for (idx_t first = 0; first < count;) {
      if (state.GetContext().IsInterrupted()) throw duckdb::InterruptException();
      const idx_t size = costs.Stretch(first);
      duckdb::SelectionVector chosen(first, size);
      duckdb::DataChunk piece;
      piece.InitializeEmpty(rows.GetTypes());
      piece.Slice(rows, chosen, size);
      duckdb::Vector answers(result.GetType(), size);
      inner(piece, state, answers);
      duckdb::VectorOperations::Copy(answers, result, size, 0, first);
      first += size;
    }
  };
}

/// Refuse texts of which no legal one is so long: an unknown time zone is compared with all there
/// are.
duckdb::scalar_function_t Short(duckdb::scalar_function_t inner, std::string name) {
  return [inner = std::move(inner), name = std::move(name)](
             duckdb::DataChunk& rows, duckdb::ExpressionState& state, duckdb::Vector& result) {
    for (auto& column : rows.data) {
      if (column.GetType().id() != duckdb::LogicalTypeId::VARCHAR) continue;
      UnifiedVectorFormat texts;
      column.ToUnifiedFormat(rows.size(), texts);
      for (idx_t row = 0; row < rows.size(); ++row) {
        const std::size_t bytes = TextAt(texts, row).size();
        if (bytes <= kTimeTextBytesMax) continue;
        ThrowError({ErrorKind::kResourceExhausted,
                    name + " takes texts of at most " + std::to_string(kTimeTextBytesMax) +
                        " bytes, and one has " + std::to_string(bytes),
                    {},
                    -1});
      }
    }
    inner(rows, state, result);
  };
}

using Bound = duckdb::scalar_function_t (*)(duckdb::scalar_function_t, std::string);

void BoundOne(duckdb::ClientContext& context, const char* name, Bound bound) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(context);
  auto& entry = catalog.GetEntry<duckdb::ScalarFunctionCatalogEntry>(context, DEFAULT_SCHEMA, name);
  for (auto& function : entry.functions.functions) {
    function.SetFunctionCallback(bound(function.GetFunctionCallback(), name));
  }
}

}  // namespace

std::size_t PatternStates(std::string_view pattern) {
  std::vector<std::size_t> outer;  // the states before each open parenthesis
  std::size_t states = 0;          // of the group that is open
  std::size_t last = 0;            // of its last part, which a count repeats
  for (std::size_t at = 0; at < pattern.size() && states < kStatesMax;) {
    const char c = pattern[at];
    if (c == '(') {
      outer.push_back(states);
      states = 0;
      last = 0;
      ++at;
    } else if (c == ')' && !outer.empty()) {
      last = states;
      states += outer.back();
      outer.pop_back();
      ++at;
    } else if (c == '{') {
      states += last * (Repeats(pattern.substr(at)) - 1);
      at = std::min(pattern.find('}', at), pattern.size() - 1) + 1;
    } else {
      last = 1;
      ++states;
      at = c == '[' ? ClassEnd(pattern, at) : at + (c == '\\' ? 2 : 1);
    }
  }
  for (const std::size_t before : outer) states += before;
  return std::clamp<std::size_t>(states, 1, kStatesMax);
}

void BoundFunctions(duckdb::Connection& connection) {
  auto& context = *connection.context;
  context.RunFunctionInTransaction([&] {
    for (const char* name : {"regexp_extract", "regexp_full_match", "regexp_matches"}) {
      BoundOne(context, name, Bounded);
    }
    for (const char* name : {"make_timestamptz", "time_bucket", "timezone"}) {
      BoundOne(context, name, Short);
    }
    ReplaceLikeFunctions(context);
    BoundWork(context);
  });
}

}  // namespace neuralake::engine
