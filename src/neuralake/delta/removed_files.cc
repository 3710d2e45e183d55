#include "neuralake/delta/removed_files.h"

#include "neuralake/delta/state/table_snapshot.h"

namespace neuralake::delta {

Result<std::vector<RemovedFile>> RemovedFiles(const Snapshot& snapshot) {
  const auto* table = dynamic_cast<const TableSnapshot*>(&snapshot);
  if (table == nullptr) return Fail(ErrorKind::kInvalid, "the snapshot is not one of a table");
  std::vector<RemovedFile> removed;
  for (const auto& segment : table->state().segments) {
    const auto& columns = *segment.columns;
    for (std::size_t row = 0; row < columns.rows(); ++row) {
      if (!columns.is_remove(row) || !segment.live.Test(row)) continue;
      removed.push_back({std::string(columns.path(row)), columns.time(row),
                         columns.size(row).value_or(0), columns.deletion_vector(row)});
    }
  }
  return removed;
}

}  // namespace neuralake::delta
