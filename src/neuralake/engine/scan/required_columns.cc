#include "neuralake/engine/scan/required_columns.h"

namespace neuralake::engine {
namespace {

bool HasNull(duckdb::Vector& vector, duckdb::idx_t count) {
  if (vector.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR) {
    return duckdb::ConstantVector::IsNull(vector);
  }
  duckdb::UnifiedVectorFormat format;
  vector.ToUnifiedFormat(count, format);
  if (format.validity.AllValid()) return false;
  for (duckdb::idx_t i = 0; i < count; ++i) {
    if (!format.validity.RowIsValid(format.sel->get_index(i))) return true;
  }
  return false;
}

}  // namespace

std::optional<std::size_t> FirstForbiddenNull(const duckdb::MultiFileGlobalState& scan,
                                              duckdb::DataChunk& rows,
                                              const std::function<bool(std::size_t)>& required) {
  if (rows.size() == 0) return std::nullopt;
  for (duckdb::idx_t i = 0; i < rows.ColumnCount(); ++i) {
    const auto at = scan.projection_ids.empty() ? i : scan.projection_ids[i];
    const auto& index = scan.column_indexes[at];
    if (index.IsVirtualColumn() || index.HasChildren()) continue;
    const auto column = index.GetPrimaryIndex();
    if (required(column) && HasNull(rows.data[i], rows.size())) return column;
  }
  return std::nullopt;
}

}  // namespace neuralake::engine
