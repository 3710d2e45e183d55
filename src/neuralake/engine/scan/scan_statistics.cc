#include "neuralake/engine/scan/scan_statistics.h"

#include <duckdb/storage/statistics/numeric_stats.hpp>

#include "neuralake/engine/limits.h"
#include "neuralake/engine/types/duck_value.h"

namespace neuralake::engine {
namespace {

using columnar::TypeId;
using delta::ColumnBounds;
using duckdb::BaseStatistics;

// Bounds of floats leave NaN out; strings may be cut: neither goes to the optimizer.
bool HasOrderedBounds(TypeId id) {
  switch (id) {
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong:
    case TypeId::kDecimal:
    case TypeId::kDate:
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return true;
    default:
      return false;
  }
}

// Timestamps are cut to milliseconds in the log and decimals may pass through a double there.
bool HasExactBounds(TypeId id) {
  return HasOrderedBounds(id) && id != TypeId::kTimestamp && id != TypeId::kTimestampNtz &&
         id != TypeId::kDecimal;
}

ColumnBounds PartitionBounds(const DeltaSource& source, std::uint32_t file,
                             const ScanColumn& column) {
  ColumnBounds bounds;
  bounds.tight = !source.files().deletion_vector(file).has_value();
  const auto text = source.files().partition_value(file, *column.partition);
  if (!text) return bounds;
  auto value = columnar::ParsePartitionValue(*text, column.field.type);
  if (!value.has_value() || value->is_null()) return bounds;
  bounds.min = *value;
  bounds.max = *std::move(value);
  bounds.null_count = 0;
  return bounds;
}

ColumnBounds BoundsOf(const DeltaSource& source, std::uint32_t file, const ScanColumn& column) {
  if (column.partition) return PartitionBounds(source, file, column);
  const std::string path[] = {column.field.name};
  return source.files().bounds(file, path);
}

duckdb::unique_ptr<BaseStatistics> ToStatistics(const ColumnBounds& bounds,
                                                const ScanColumn& column) {
  if (!bounds.min || !bounds.max) return nullptr;
  auto stats = duckdb::NumericStats::CreateUnknown(column.type);
  duckdb::NumericStats::SetMin(stats, ToDuckValue(*bounds.min));
  duckdb::NumericStats::SetMax(stats, ToDuckValue(*bounds.max));
  if (bounds.null_count == 0) stats.Set(duckdb::StatsInfo::CANNOT_HAVE_NULL_VALUES);
  return stats.ToUnique();
}

/// Statistics of one file, found only if DuckDB asks.
class FileBounds final : public duckdb::PartitionRowGroup {
 public:
  FileBounds(DeltaSourcePtr source, std::uint32_t file) : source_(std::move(source)), file_(file) {}

  duckdb::unique_ptr<BaseStatistics> GetColumnStatistics(
      const duckdb::StorageIndex& index) override {
    const ScanColumn* column = Column(index);
    if (column == nullptr || !HasOrderedBounds(column->field.type.id)) return nullptr;
    return ToStatistics(BoundsOf(*source_, file_, *column), *column);
  }

  bool MinMaxIsExact(const BaseStatistics&, const duckdb::StorageIndex& index) override {
    const ScanColumn* column = Column(index);
    return column != nullptr && HasExactBounds(column->field.type.id) &&
           BoundsOf(*source_, file_, *column).tight;
  }

 private:
  const ScanColumn* Column(const duckdb::StorageIndex& index) const {
    const auto i = index.GetPrimaryIndex();
    if (i >= source_->columns().size() || index.HasChildren()) return nullptr;
    return &source_->columns()[i];
  }

  DeltaSourcePtr source_;
  std::uint32_t file_;
};

}  // namespace

duckdb::unique_ptr<BaseStatistics> ColumnStatistics(const DeltaFileList& list,
                                                    std::size_t column_number) {
  const DeltaSource& source = *list.source();
  if (column_number >= source.columns().size() || list.files().empty() ||
      list.files().size() > kStatisticsFilesMax) {
    return nullptr;
  }
  const ScanColumn& column = source.columns()[column_number];
  if (!HasOrderedBounds(column.field.type.id)) return nullptr;
  duckdb::unique_ptr<BaseStatistics> merged;
  for (const std::uint32_t file : list.files()) {
    auto stats = ToStatistics(BoundsOf(source, file, column), column);
    if (!stats) return nullptr;
    if (merged) {
      merged->Merge(*stats);
    } else {
      merged = std::move(stats);
    }
  }
  return merged;
}

duckdb::vector<duckdb::PartitionStatistics> FileStatistics(const DeltaFileList& list) {
  duckdb::vector<duckdb::PartitionStatistics> all;
  if (list.files().size() > kMetadataFilesMax) return all;
  std::uint64_t start = 0;
  for (const std::uint32_t file : list.files()) {
    const auto rows = list.source()->LiveRows(file);
    if (!rows || *rows < 0) return {};
    duckdb::PartitionStatistics one;
    one.row_start = start;
    one.count = static_cast<std::uint64_t>(*rows);
    one.count_type = duckdb::CountType::COUNT_EXACT;
    one.partition_row_group = duckdb::make_shared_ptr<FileBounds>(list.source(), file);
    start += one.count;
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace neuralake::engine
