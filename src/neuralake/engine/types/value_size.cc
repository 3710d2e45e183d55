#include "neuralake/engine/types/value_size.h"

#include <algorithm>

#include <duckdb/common/type_visitor.hpp>

namespace neuralake::engine {
namespace {

using duckdb::idx_t;
using duckdb::PhysicalType;
using duckdb::RecursiveUnifiedVectorFormat;
using duckdb::UnifiedVectorFormat;

void Add(const RecursiveUnifiedVectorFormat& format, idx_t row, ValueSize& size);

void AddAll(const RecursiveUnifiedVectorFormat& format, idx_t first, idx_t count, ValueSize& size) {
  size.elements += static_cast<double>(count);
  if (!HasLength(format.logical_type)) return;
  for (idx_t row = first; row < first + count; ++row) Add(format, row, size);
}

void Add(const RecursiveUnifiedVectorFormat& format, idx_t row, ValueSize& size) {
  const auto at = format.unified.sel->get_index(row);
  if (!format.unified.validity.RowIsValid(at)) return;
  switch (format.logical_type.InternalType()) {
    case PhysicalType::VARCHAR:
      size.bytes += static_cast<double>(
          UnifiedVectorFormat::GetData<duckdb::string_t>(format.unified)[at].GetSize());
      break;
    case PhysicalType::LIST: {
      const auto& list = UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format.unified)[at];
      AddAll(format.children[0], list.offset, list.length, size);
      break;
    }
    case PhysicalType::ARRAY: {
      const auto length = duckdb::ArrayType::GetSize(format.logical_type);
      AddAll(format.children[0], at * length, length, size);
      break;
    }
    case PhysicalType::STRUCT:
      for (const auto& child : format.children) Add(child, at, size);
      break;
    default:
      break;
  }
}

}  // namespace

bool HasLength(const duckdb::LogicalType& type) {
  return duckdb::TypeVisitor::Contains(type, [](const duckdb::LogicalType& part) {
    const auto physical = part.InternalType();
    return physical == PhysicalType::VARCHAR || physical == PhysicalType::LIST ||
           physical == PhysicalType::ARRAY;
  });
}

std::optional<double> LongestText(duckdb::Vector& values, idx_t count) {
  if (values.GetType().InternalType() != PhysicalType::VARCHAR) {
    return HasLength(values.GetType()) ? std::nullopt : std::optional(0.0);
  }
  UnifiedVectorFormat format;
  values.ToUnifiedFormat(count, format);
  const auto* texts = UnifiedVectorFormat::GetData<duckdb::string_t>(format);
  // One value stands for all rows.
  if (values.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR)
    count = std::min<idx_t>(count, 1);
  const bool has_nulls = !format.validity.AllValid();
  duckdb::idx_t longest = 0;
  for (idx_t row = 0; row < count; ++row) {
    const auto at = format.sel->get_index(row);
    if (has_nulls && !format.validity.RowIsValid(at)) continue;
    longest = std::max<idx_t>(longest, texts[at].GetSize());
  }
  return static_cast<double>(longest);
}

ValueSizes::ValueSizes(duckdb::Vector& values, idx_t count)
    : has_length_(HasLength(values.GetType())) {
  if (has_length_) duckdb::Vector::RecursiveToUnifiedFormat(values, count, format_);
}

ValueSize ValueSizes::operator[](idx_t row) const {
  ValueSize size;
  if (has_length_) Add(format_, row, size);
  return size;
}

}  // namespace neuralake::engine
