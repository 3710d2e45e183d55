#include "neuralake/engine/change/row_ids.h"

#include <vector>

namespace neuralake::engine {

void AddRowIds(duckdb::DataChunk& chunk, duckdb::idx_t column, delta::RowSet& rows) {
  duckdb::UnifiedVectorFormat files;
  duckdb::UnifiedVectorFormat numbers;
  chunk.data[column].ToUnifiedFormat(chunk.size(), files);
  chunk.data[column + 1].ToUnifiedFormat(chunk.size(), numbers);
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
    if (!files.validity.RowIsValid(at) || !numbers.validity.RowIsValid(row_at)) continue;
    if (file_values[at] != file) end_run();
    file = file_values[at];
    run.push_back(static_cast<std::uint64_t>(row_values[row_at]));
  }
  end_run();
}

}  // namespace neuralake::engine
