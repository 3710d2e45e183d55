#include "neuralake/engine/scan/file_filters.h"

namespace neuralake::engine {
namespace {

// Null when nothing is left.
duckdb::unique_ptr<duckdb::TableFilter> WithoutOptional(const duckdb::TableFilter& filter) {
  if (filter.filter_type == duckdb::TableFilterType::OPTIONAL_FILTER) return nullptr;
  if (filter.filter_type != duckdb::TableFilterType::CONJUNCTION_AND) return filter.Copy();
  auto kept = duckdb::make_uniq<duckdb::ConjunctionAndFilter>();
  for (const auto& child : filter.Cast<duckdb::ConjunctionAndFilter>().child_filters) {
    if (auto part = WithoutOptional(*child)) kept->child_filters.push_back(std::move(part));
  }
  if (kept->child_filters.empty()) return nullptr;
  return kept;
}

duckdb::unique_ptr<duckdb::TableFilter> OnWidened(const duckdb::TableFilter& filter,
                                                  const duckdb::LogicalType& type) {
  auto kept = WithoutOptional(filter);
  if (!kept) return nullptr;
  const duckdb::BoundReferenceExpression column(type, 0);
  return duckdb::make_uniq<duckdb::ExpressionFilter>(kept->ToExpression(column));
}

bool Integers(const duckdb::LogicalType& a, const duckdb::LogicalType& b) {
  return a.IsIntegral() && b.IsIntegral();
}

}  // namespace

duckdb::unique_ptr<duckdb::TableFilterSet> FiltersForFile(
    duckdb::optional_ptr<duckdb::TableFilterSet> filters,
    const duckdb::vector<duckdb::ColumnIndex>& column_ids, const std::vector<ScanColumn>& columns,
    const FileLayout::Places& places, const duckdb::BaseFileReader& reader) {
  if (!filters) return nullptr;
  bool changed = false;
  auto out = duckdb::make_uniq<duckdb::TableFilterSet>();
  for (const auto& [position, filter] : filters->filters) {
    const auto id = column_ids[position].GetPrimaryIndex();
    const auto place = id < columns.size() ? places[id] : std::nullopt;
    auto kept = filter->Copy();
    if (place && reader.columns[*place].type != columns[id].type) {
      changed = true;
      kept = Integers(reader.columns[*place].type, columns[id].type)
                 ? WithoutOptional(*filter)
                 : OnWidened(*filter, columns[id].type);
    }
    if (kept) out->filters.emplace(position, std::move(kept));
  }
  return changed ? std::move(out) : nullptr;
}

}  // namespace neuralake::engine
