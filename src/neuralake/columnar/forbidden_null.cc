#include <functional>

#include <arrow/array.h>

#include "neuralake/columnar/conform_internal.h"

namespace neuralake::columnar {
namespace {

bool CanForbid(const Field& field) {
  if (!field.nullable) return true;
  for (const Field& child : field.type.children) {
    if (CanForbid(child)) return true;
  }
  return false;
}

// Whether the parents of a row of the array at hand are all there, and which row of the top it is.
using RowOf = std::function<std::int64_t(std::int64_t)>;  // -1: a parent is null

std::optional<ForbiddenNull> Find(const arrow::Array& array, const Field& field,
                                  const RowOf& row_of);

std::optional<ForbiddenNull> FindInStruct(const arrow::StructArray& array, const Field& field,
                                          const RowOf& row_of) {
  const RowOf inner = [&](std::int64_t row) { return array.IsNull(row) ? -1 : row_of(row); };
  for (int i = 0; i < array.num_fields(); ++i) {
    const Field& child = field.type.children[static_cast<std::size_t>(i)];
    if (!CanForbid(child)) continue;
    if (auto null = Find(*array.field(i), child, inner)) {
      null->path = field.name + "." + null->path;
      return null;
    }
  }
  return std::nullopt;
}

// Lists, and maps as lists of entries: the elements of a list that is there.
std::optional<ForbiddenNull> FindInList(const arrow::ListArray& array, const arrow::Array& values,
                                        const Field& child, const Field& field,
                                        const RowOf& row_of) {
  if (!CanForbid(child)) return std::nullopt;
  for (std::int64_t row = 0; row < array.length(); ++row) {
    if (array.IsNull(row)) continue;
    const std::int64_t top = row_of(row);
    if (top < 0) continue;
    const auto slice = values.Slice(array.value_offset(row), array.value_length(row));
    if (auto null = Find(*slice, child, [top](std::int64_t) { return top; })) {
      null->path = field.name + "." + null->path;
      return null;
    }
  }
  return std::nullopt;
}

std::optional<ForbiddenNull> Find(const arrow::Array& array, const Field& field,
                                  const RowOf& row_of) {
  if (!field.nullable && array.null_count() > 0) {
    for (std::int64_t row = 0; row < array.length(); ++row) {
      if (!array.IsNull(row)) continue;
      if (const std::int64_t top = row_of(row); top >= 0) return ForbiddenNull{top, field.name};
    }
  }
  switch (field.type.id) {
    case TypeId::kStruct:
      return FindInStruct(static_cast<const arrow::StructArray&>(array), field, row_of);
    case TypeId::kArray: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      return FindInList(list, *list.values(), field.type.children[0], field, row_of);
    }
    case TypeId::kMap: {
      const auto& map = static_cast<const arrow::MapArray&>(array);
      if (auto null = FindInList(map, *map.keys(), field.type.children[0], field, row_of)) {
        return null;
      }
      return FindInList(map, *map.items(), field.type.children[1], field, row_of);
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<ForbiddenNull> FindForbiddenNull(const arrow::Array& array, const Field& field) {
  if (!CanForbid(field)) return std::nullopt;
  return Find(array, field, [](std::int64_t row) { return row; });
}

}  // namespace neuralake::columnar
