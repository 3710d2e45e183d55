#include "neuralake/base/check.h"
#include "neuralake/delta/state/file_predicate.h"
#include "neuralake/delta/state/table_snapshot.h"

namespace neuralake::delta {

TableFiles::TableFiles(const TableState& state, MappingMode mode) : state_(state), mode_(mode) {}

void TableFiles::Number() const {
  places_.reserve(count());
  const auto names = PhysicalPartitionColumns(*state_.metadata, mode_);
  for (std::uint32_t i = 0; i < state_.segments.size(); ++i) {
    const Segment& segment = state_.segments[i];
    for (std::uint32_t row = 0; row < segment.columns->rows(); ++row) {
      if (segment.live.Test(row) && !segment.columns->is_remove(row)) places_.push_back({i, row});
    }
    std::vector<std::uint32_t>& mapped = partition_columns_.emplace_back();
    for (const auto& name : names) {
      const auto column = segment.columns->FindPartitionColumn(name);
      mapped.push_back(column ? static_cast<std::uint32_t>(*column) : kNoColumn);
    }
  }
}

const TableFiles::Place& TableFiles::place(std::size_t file) const {
  std::call_once(numbered_, [this] { Number(); });
  NL_CHECK(file < places_.size());
  return places_[file];
}

std::string_view TableFiles::path(std::size_t file) const {
  const Place& at = place(file);
  return columns(at).path(at.row);
}

std::int64_t TableFiles::size(std::size_t file) const {
  const Place& at = place(file);
  return columns(at).size(at.row).value_or(0);
}

std::int64_t TableFiles::modification_time(std::size_t file) const {
  const Place& at = place(file);
  return columns(at).time(at.row).value_or(0);
}

std::optional<std::int64_t> TableFiles::num_records(std::size_t file) const {
  const Place& at = place(file);
  return columns(at).num_records(at.row);
}

std::optional<std::string_view> TableFiles::partition_value(std::size_t file,
                                                            std::size_t column) const {
  const Place& at = place(file);
  const auto own = partition_columns_[at.segment].at(column);
  if (own == kNoColumn) return std::nullopt;
  return columns(at).partition_value(at.row, own);
}

std::optional<DeletionVectorDescriptor> TableFiles::deletion_vector(std::size_t file) const {
  const Place& at = place(file);
  return columns(at).deletion_vector(at.row);
}

AddFile TableFiles::Get(std::size_t file) const {
  const Place& at = place(file);
  return columns(at).Add(at.row);
}

ColumnBounds TableFiles::bounds(std::size_t file, std::span<const std::string> column) const {
  ColumnBounds bounds;
  const auto found = FindColumn(*state_.metadata, mode_, column);
  if (!found) return bounds;
  const Place& at = place(file);
  const FileColumns& all = columns(at);
  const auto facts = FactsOf(all, at.row, *found);
  if (!facts.min.is_null()) bounds.min = facts.min;
  if (!facts.max.is_null()) bounds.max = facts.max;
  bounds.null_count = facts.null_count;
  bounds.tight = facts.tight;
  if (all.deletion_vector(at.row)) {
    // What was deleted may have been the smallest, the greatest or a null.
    bounds.tight = found->is_partition;
    if (!facts.no_nulls) bounds.null_count.reset();
  }
  return bounds;
}

Tri TableFiles::Evaluate(const Predicate& predicate, std::size_t file) const {
  const Place& at = place(file);
  return FilePredicate(predicate, *state_.metadata, mode_).EvaluateRow(columns(at), at.row);
}

std::vector<std::uint32_t> TableFiles::Select(const Predicate& predicate) const {
  std::call_once(numbered_, [this] { Number(); });
  const FilePredicate condition(predicate, *state_.metadata, mode_);
  std::vector<std::uint32_t> kept;
  std::uint32_t file = 0;
  for (std::uint32_t i = 0; i < state_.segments.size(); ++i) {
    auto segment = condition.Bind(*state_.segments[i].columns);
    for (; file < places_.size() && places_[file].segment == i; ++file) {
      if (segment.Evaluate(places_[file].row) != Tri::kFalse) kept.push_back(file);
    }
  }
  return kept;
}

std::vector<std::uint32_t> Prune(const FileSet& files, const Predicate& predicate) {
  if (const auto* table = dynamic_cast<const TableFiles*>(&files)) return table->Select(predicate);
  std::vector<std::uint32_t> kept;
  for (std::uint32_t file = 0; file < files.count(); ++file) {
    if (files.Evaluate(predicate, file) != Tri::kFalse) kept.push_back(file);
  }
  return kept;
}

}  // namespace neuralake::delta
