#include "neuralake/engine/change/row_ids.h"

#include <string>
#include <vector>

#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

[[noreturn]] void NoRowId(const std::string& why) {
  ThrowError({ErrorKind::kInternal, "a row to change has no place in the table: " + why, {}, -1});
}

/// Column `column` of `chunk`, which holds values of `type` and no null.
duckdb::UnifiedVectorFormat IdColumn(duckdb::DataChunk& chunk, duckdb::idx_t column,
                                     const duckdb::LogicalType& type) {
  if (column >= chunk.ColumnCount() || chunk.data[column].GetType() != type) {
    NoRowId("column " + std::to_string(column) + " is no " + type.ToString());
  }
  duckdb::UnifiedVectorFormat values;
  chunk.data[column].ToUnifiedFormat(chunk.size(), values);
  return values;
}

}  // namespace

void AddRowIds(duckdb::DataChunk& chunk, RowIdColumns ids, delta::RowSet& rows) {
  const auto files = IdColumn(chunk, ids.file, duckdb::LogicalType::UBIGINT);
  const auto numbers = IdColumn(chunk, ids.number, duckdb::LogicalType::BIGINT);
  const auto* file_values = duckdb::UnifiedVectorFormat::GetData<std::uint64_t>(files);
  const auto* row_values = duckdb::UnifiedVectorFormat::GetData<std::int64_t>(numbers);
  // Rows of one file come together.
  std::uint64_t file = 0;
  std::vector<std::uint64_t> run;
  const auto end_run = [&] {
    if (!run.empty()) rows.Add(static_cast<std::uint32_t>(file), run);
    run.clear();
  };
  for (duckdb::idx_t i = 0; i < chunk.size(); ++i) {
    const auto at = files.sel->get_index(i);
    const auto row_at = numbers.sel->get_index(i);
    if (!files.validity.RowIsValid(at) || !numbers.validity.RowIsValid(row_at)) NoRowId("null");
    if (file_values[at] != file) end_run();
    file = file_values[at];
    run.push_back(static_cast<std::uint64_t>(row_values[row_at]));
  }
  end_run();
}

}  // namespace neuralake::engine
