#include "neuralake/delta/data/partition_split.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <unordered_map>

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "neuralake/columnar/array_value.h"
#include "neuralake/columnar/arrow_result.h"

namespace neuralake::delta {
namespace {

using columnar::Unwrap;

// The rows of one column as numbers of distinct texts.
struct CodedColumn {
  std::vector<std::uint32_t> codes;  // by row
  std::vector<std::optional<std::string>> texts;
};

Result<CodedColumn> Encode(const arrow::Array& array, const columnar::DataType& type) {
  const auto encoded =
      TRY(Unwrap(arrow::compute::DictionaryEncode(arrow::Datum(array.data())), "partition values"));
  const auto dictionary = std::static_pointer_cast<arrow::DictionaryArray>(encoded.make_array());
  CodedColumn column;
  column.texts.emplace_back(std::nullopt);
  const arrow::Array& values = *dictionary->dictionary();
  std::vector<std::uint32_t> code_of_value;
  for (std::int64_t i = 0; i < values.length(); ++i) {
    std::string text = columnar::FormatPartitionValue(columnar::ValueAt(values, i, type));
    if (text.empty()) {
      code_of_value.push_back(0);
      continue;
    }
    code_of_value.push_back(static_cast<std::uint32_t>(column.texts.size()));
    column.texts.emplace_back(std::move(text));
  }
  column.codes.resize(static_cast<std::size_t>(array.length()));
  for (std::int64_t row = 0; row < array.length(); ++row) {
    if (dictionary->IsNull(row)) continue;
    const auto value = static_cast<std::size_t>(dictionary->GetValueIndex(row));
    column.codes[static_cast<std::size_t>(row)] = code_of_value[value];
  }
  return column;
}

// Groups by all columns: numbers of groups by row, and a row of each group.
struct Groups {
  std::vector<std::uint32_t> group_of_row;
  std::vector<std::size_t> first_row{0};
};

void Refine(Groups& groups, const std::vector<std::uint32_t>& codes) {
  std::unordered_map<std::uint64_t, std::uint32_t> numbers;
  std::vector<std::size_t> first_row;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    const std::uint64_t key = std::uint64_t{groups.group_of_row[row]} << 32 | codes[row];
    const auto [entry, is_new] =
        numbers.try_emplace(key, static_cast<std::uint32_t>(first_row.size()));
    if (is_new) first_row.push_back(row);
    groups.group_of_row[row] = entry->second;
  }
  groups.first_row = std::move(first_row);
}

std::vector<PartitionStep> StepsOf(std::size_t row, const std::vector<PartitionColumn>& columns,
                                   const std::vector<CodedColumn>& coded) {
  std::vector<PartitionStep> steps;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    steps.push_back({columns[i].stored_name, coded[i].texts[coded[i].codes[row]]});
  }
  return steps;
}

// The rows in the order of their groups, and where each group begins.
Result<std::shared_ptr<arrow::RecordBatch>> SortByGroup(const arrow::RecordBatch& rows,
                                                        const Groups& groups,
                                                        std::vector<std::int64_t>& starts) {
  starts.assign(groups.first_row.size() + 1, 0);
  for (const std::uint32_t group : groups.group_of_row) ++starts[group + 1];
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<std::int64_t> next = starts;
  std::vector<std::int64_t> order(groups.group_of_row.size());
  for (std::size_t row = 0; row < order.size(); ++row) {
    const auto place = next[groups.group_of_row[row]]++;
    order[static_cast<std::size_t>(place)] = static_cast<std::int64_t>(row);
  }
  const auto indices = std::make_shared<arrow::Int64Array>(static_cast<std::int64_t>(order.size()),
                                                           arrow::Buffer::Wrap(order));
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (const auto& column : rows.columns()) {
    columns.push_back(TRY(Unwrap(arrow::compute::Take(*column, *indices), "sort by partition")));
  }
  return arrow::RecordBatch::Make(rows.schema(), rows.num_rows(), std::move(columns));
}

Result<std::shared_ptr<arrow::RecordBatch>> Without(
    const std::shared_ptr<arrow::RecordBatch>& batch, const std::vector<PartitionColumn>& columns) {
  std::vector<int> kept;
  for (int i = 0; i < batch->num_columns(); ++i) {
    const bool is_partition = std::ranges::any_of(
        columns, [i](const PartitionColumn& column) { return column.position == i; });
    if (!is_partition) kept.push_back(i);
  }
  return Unwrap(batch->SelectColumns(kept), "data columns");
}

}  // namespace

Result<std::vector<PartitionRows>> SplitByPartition(
    const std::shared_ptr<arrow::RecordBatch>& batch, const std::vector<PartitionColumn>& columns) {
  std::vector<PartitionRows> result;
  if (batch->num_rows() == 0) return result;
  if (columns.empty()) {
    result.push_back({{}, batch});
    return result;
  }
  std::vector<CodedColumn> coded;
  Groups groups;
  groups.group_of_row.resize(static_cast<std::size_t>(batch->num_rows()));
  for (const PartitionColumn& column : columns) {
    coded.push_back(TRY(Encode(*batch->column(column.position), column.type)));
    Refine(groups, coded.back().codes);
  }
  const auto rows = TRY(Without(batch, columns));
  if (groups.first_row.size() == 1) {
    result.push_back({StepsOf(0, columns, coded), rows});
    return result;
  }
  std::vector<std::int64_t> starts;
  const auto sorted = TRY(SortByGroup(*rows, groups, starts));
  for (std::size_t group = 0; group < groups.first_row.size(); ++group) {
    result.push_back({StepsOf(groups.first_row[group], columns, coded),
                      sorted->Slice(starts[group], starts[group + 1] - starts[group])});
  }
  return result;
}

}  // namespace neuralake::delta
