#include "neuralake/delta/data/row_removal.h"

#include <utility>

#include <fmt/format.h>

#include "neuralake/delta/data/table_write.h"
#include "neuralake/delta/data/wide_bounds.h"
#include "neuralake/delta/features.h"
#include "neuralake/delta/limits.h"

namespace neuralake::delta {
namespace {

bool KeepsVectors(const Snapshot& snapshot) {
  return IsOn(snapshot.metadata(), "delta.enableDeletionVectors") &&
         SupportsFeature(snapshot.protocol(), "deletionVectors");
}

RemovalWay WayOf(const Snapshot& snapshot, std::uint32_t file, std::uint64_t dead) {
  const auto rows = snapshot.files().num_records(file);
  if (!rows) return RemovalWay::kRewrite;
  if (dead >= static_cast<std::uint64_t>(*rows)) return RemovalWay::kWholeFile;
  const double share = static_cast<double>(dead) / static_cast<double>(*rows);
  return KeepsVectors(snapshot) && share <= kDeadShareMax ? RemovalWay::kVector
                                                          : RemovalWay::kRewrite;
}

}  // namespace

void RowSet::Add(std::uint32_t file, std::span<const std::uint64_t> rows) {
  files_[file].Insert(rows);
}

void RowSet::Merge(const RowSet& other) {
  for (const auto& [file, rows] : other.files_) files_[file].Insert(rows);
}

RowSet RowSet::Minus(const RowSet& other) const {
  const DeletionVector nothing;
  RowSet left;
  for (const auto& [file, rows] : files_) {
    const auto taken = other.files_.find(file);
    auto rest = rows.Minus(taken == other.files_.end() ? nothing : taken->second);
    if (rest.cardinality() > 0) left.files_.emplace(file, std::move(rest));
  }
  return left;
}

std::uint64_t RowSet::count() const {
  std::uint64_t sum = 0;
  for (const auto& [file, rows] : files_) sum += rows.cardinality();
  return sum;
}

Result<FileRemoval> PlanRemoval(const Snapshot& snapshot, std::uint32_t file,
                                const DeletionVector& gone, const DeletionVector* dead_before) {
  if (const auto rows = snapshot.files().num_records(file)) {
    const auto count = static_cast<std::uint64_t>(*rows);
    if (gone.CountDeleted(0, count) != gone.cardinality()) {
      return Fail(ErrorKind::kInternal,
                  fmt::format("file {} has {} rows, and one beyond them is to be deleted",
                              snapshot.files().path(file), count));
    }
  }
  FileRemoval removal;
  removal.file = file;
  removal.dead.Insert(gone);
  removal.rows = gone.cardinality();
  if (dead_before != nullptr) removal.dead.Insert(*dead_before);
  removal.way = WayOf(snapshot, file, removal.dead.cardinality());
  return removal;
}

Status AppendRemoval(const Snapshot& snapshot, const FileRemoval& removal, WallTime now,
                     DeletionVectorWriter& vectors, std::vector<Action>& actions,
                     const Deadline& deadline) {
  AddFile file = snapshot.files().Get(removal.file);
  if (removal.way == RemovalWay::kVector) {
    AddFile marked = file;
    marked.deletion_vector = TRY(vectors.Add(removal.dead, deadline));
    marked.stats = WithWideBounds(file.stats);
    marked.data_change = true;
    actions.emplace_back(std::move(marked));
  }
  actions.emplace_back(RemovalOf(std::move(file), now, /*data_change=*/true));
  return {};
}

}  // namespace neuralake::delta
