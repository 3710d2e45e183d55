#include "neuralake/columnar/parquet/leaf_tracker.h"

#include <cstring>
#include <string_view>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

namespace neuralake::columnar {
namespace {

int CountFooterColumns(const DataType& type) {
  if (type.id == TypeId::kVariant) return 2;
  if (!type.is_nested()) return 1;
  int count = 0;
  for (const Field& child : type.children) count += CountFooterColumns(child.type);
  return count;
}

bool HasBounds(TypeId id) { return id != TypeId::kBoolean && id != TypeId::kBinary; }

template <class Array>
bool HoldsNan(const arrow::Array& array) {
  const auto& numbers = static_cast<const Array&>(array);
  const auto* values = numbers.raw_values();
  bool found = false;
  for (std::int64_t row = 0; row < numbers.length(); ++row) found |= values[row] != values[row];
  if (!found || numbers.null_count() == 0) return found;
  for (std::int64_t row = 0; row < numbers.length(); ++row) {
    if (values[row] != values[row] && numbers.IsValid(row)) return true;
  }
  return false;
}

template <class T>
T FromBytes(std::string_view bytes) {
  T value{};
  if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

Decimal FromBigEndian(std::string_view bytes) {
  // The first byte has the sign.
  __extension__ __int128 value = bytes.empty() ? 0 : static_cast<signed char>(bytes[0]);
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    value = value * 256 + static_cast<unsigned char>(bytes[i]);
  }
  return Decimal{value};
}

// A bound as the footer stores it: plain encoding, little endian but for long decimals.
Value DecodeBound(std::string_view bytes, const DataType& type) {
  switch (type.id) {
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kDate:
      return {type, std::int64_t{FromBytes<std::int32_t>(bytes)}};
    case TypeId::kLong:
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return {type, FromBytes<std::int64_t>(bytes)};
    case TypeId::kFloat:
      return {type, double{FromBytes<float>(bytes)}};
    case TypeId::kDouble:
      return {type, FromBytes<double>(bytes)};
    case TypeId::kDecimal:
      if (type.precision <= 9) return {type, Decimal{FromBytes<std::int32_t>(bytes)}};
      if (type.precision <= 18) return {type, Decimal{FromBytes<std::int64_t>(bytes)}};
      return {type, FromBigEndian(bytes)};
    default:
      return {type, std::string(bytes)};
  }
}

void Widen(std::optional<Value>& bound, Value value, bool to_less) {
  if (!bound || (to_less ? value.data < bound->data : bound->data < value.data)) {
    bound = std::move(value);
  }
}

}  // namespace

LeafTracker::LeafTracker(const Schema& schema, const ArrowNaming& naming) {
  Leaf top;
  AddLeaves(schema.fields, naming, top);
}

void LeafTracker::AddLeaves(const std::vector<Field>& fields, const ArrowNaming& naming,
                            Leaf& above) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    above.path.push_back(StoredName(field, naming));
    above.position.push_back(i);
    if (field.type.id == TypeId::kStruct) {
      AddLeaves(field.type.children, naming, above);
    } else {
      Leaf leaf = above;
      leaf.type = field.type;
      const bool plain = !field.type.is_nested() && field.type.id != TypeId::kVariant;
      if (plain) leaf.footer_column = footer_columns_;
      footer_columns_ += CountFooterColumns(field.type);
      leaves_.push_back(std::move(leaf));
    }
    above.path.pop_back();
    above.position.pop_back();
  }
}

void LeafTracker::Watch(const arrow::RecordBatch& batch) {
  for (Leaf& leaf : leaves_) {
    const bool is_float = leaf.type.id == TypeId::kFloat || leaf.type.id == TypeId::kDouble;
    if (leaf.footer_column < 0 || (is_float && !leaf.has_nan)) WatchLeaf(batch, leaf);
  }
}

void LeafTracker::WatchLeaf(const arrow::RecordBatch& batch, Leaf& leaf) {
  std::vector<std::shared_ptr<arrow::Array>> way{
      batch.column(static_cast<int>(leaf.position.front()))};
  for (std::size_t depth = 1; depth < leaf.position.size(); ++depth) {
    const auto& parent = static_cast<const arrow::StructArray&>(*way.back());
    way.push_back(parent.field(static_cast<int>(leaf.position[depth])));
  }
  if (leaf.type.id == TypeId::kFloat) {
    leaf.has_nan = HoldsNan<arrow::FloatArray>(*way.back());
  } else if (leaf.type.id == TypeId::kDouble) {
    leaf.has_nan = HoldsNan<arrow::DoubleArray>(*way.back());
  } else if (way.size() == 1) {
    leaf.nulls += way.back()->null_count();
  } else {
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      bool null = false;
      for (const auto& array : way) null |= array->IsNull(row);
      leaf.nulls += null ? 1 : 0;
    }
  }
}

FileStatistics LeafTracker::Gather(const parquet::FileMetaData& footer) const {
  FileStatistics result{footer.num_rows(), {}};
  for (const Leaf& leaf : leaves_) {
    ColumnStatistics column{leaf.path, leaf.type, {}, {}, leaf.nulls};
    bool bounded = leaf.footer_column >= 0 && HasBounds(leaf.type.id);
    for (int group = 0; leaf.footer_column >= 0 && group < footer.num_row_groups(); ++group) {
      const auto chunk = footer.RowGroup(group)->ColumnChunk(leaf.footer_column);
      const auto statistics = chunk->encoded_statistics();
      if (statistics == nullptr || !statistics->has_null_count) {
        column.null_count.reset();
        bounded = false;
        break;
      }
      *column.null_count += statistics->null_count;
      if (statistics->null_count == chunk->num_values() || !bounded) continue;
      bounded = statistics->has_min && statistics->has_max;
      if (!bounded) continue;
      Widen(column.min, DecodeBound(statistics->min(), leaf.type), true);
      Widen(column.max, DecodeBound(statistics->max(), leaf.type), false);
    }
    if (!bounded) column.min.reset();
    if (!bounded || leaf.has_nan) column.max.reset();
    result.columns.push_back(std::move(column));
  }
  return result;
}

}  // namespace neuralake::columnar
