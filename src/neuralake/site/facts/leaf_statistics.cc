#include "neuralake/site/facts/leaf_statistics.h"

#include <arrow/scalar.h>
#include <arrow/status.h>
#include <parquet/arrow/reader.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

namespace neuralake::site {
namespace {

template <class Physical>
void MergeAs(parquet::Statistics& into, const parquet::Statistics& from) {
  using Typed = parquet::TypedStatistics<Physical>;
  static_cast<Typed&>(into).Merge(static_cast<const Typed&>(from));
}

/// \returns  false when the two are of different types, or of one without an order
bool Merge(parquet::Statistics& into, const parquet::Statistics& from) {
  if (into.physical_type() != from.physical_type()) return false;
  switch (into.physical_type()) {
    case parquet::Type::BOOLEAN:
      MergeAs<parquet::BooleanType>(into, from);
      return true;
    case parquet::Type::INT32:
      MergeAs<parquet::Int32Type>(into, from);
      return true;
    case parquet::Type::INT64:
      MergeAs<parquet::Int64Type>(into, from);
      return true;
    case parquet::Type::FLOAT:
      MergeAs<parquet::FloatType>(into, from);
      return true;
    case parquet::Type::DOUBLE:
      MergeAs<parquet::DoubleType>(into, from);
      return true;
    case parquet::Type::BYTE_ARRAY:
      MergeAs<parquet::ByteArrayType>(into, from);
      return true;
    case parquet::Type::FIXED_LEN_BYTE_ARRAY:
      MergeAs<parquet::FLBAType>(into, from);
      return true;
    default:
      return false;
  }
}

}  // namespace

void LeafStatistics::Add(const std::shared_ptr<parquet::FileMetaData>& footer) {
  for (int group = 0; group < footer->num_row_groups(); ++group) {
    const auto row_group = footer->RowGroup(group);
    for (int column = 0; column < row_group->num_columns(); ++column) {
      const auto chunk = row_group->ColumnChunk(column);
      Leaf& leaf = leaves_[chunk->path_in_schema()->ToDotString()];
      const std::shared_ptr<parquet::Statistics> statistics =
          chunk->is_stats_set() ? chunk->statistics() : nullptr;
      if (!statistics || !statistics->HasNullCount()) leaf.nulls_known = false;
      if (statistics && statistics->HasNullCount()) leaf.null_count += statistics->null_count();
      if (!statistics || !statistics->HasMinMax()) {
        const bool only_nulls = statistics && statistics->HasNullCount() &&
                                statistics->null_count() == row_group->num_rows();
        if (!only_nulls) leaf.bounds_known = false;
      } else if (!leaf.merged) {
        leaf.owner = footer;
        leaf.merged = statistics;
      } else if (!Merge(*leaf.merged, *statistics)) {
        leaf.bounds_known = false;
      }
    }
  }
}

void LeafStatistics::Describe(ColumnFacts& facts) const {
  const auto found = leaves_.find(facts.name);
  if (found == leaves_.end()) return;
  const Leaf& leaf = found->second;
  if (leaf.nulls_known) facts.null_count = leaf.null_count;
  if (!leaf.bounds_known || !leaf.merged) return;
  std::shared_ptr<arrow::Scalar> min;
  std::shared_ptr<arrow::Scalar> max;
  if (!parquet::arrow::StatisticsAsScalars(*leaf.merged, &min, &max).ok()) return;
  facts.min = min->ToString();
  facts.max = max->ToString();
}

}  // namespace neuralake::site
