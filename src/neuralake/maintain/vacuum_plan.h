#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::maintain {

/// Where the candidates of a vacuum come from.
enum class VacuumMode : std::uint8_t {
  kLog,   ///< Files that the log says were removed: no listing.
  kFull,  ///< Every file below the table: finds those that no commit ever named, too.
};

/// A file to delete.
struct DoomedFile {
  std::string key;         ///< Relative to the table's root.
  std::int64_t bytes = 0;  ///< 0 when nobody said.
  bool operator==(const DoomedFile&) const = default;
};

/// The files that no version within retention needs, in order of their keys.
///
/// A file in the answer was removed, or never committed, before `horizon`. Whatever a live file or
/// a younger tombstone names is kept: data files, deletion vector files, change data.
/// \param horizon  now less the retention
/// \param since    leave out what was removed before: the horizon of a vacuum that was completed
Result<std::vector<DoomedFile>> PlanLogVacuum(const delta::Snapshot& snapshot, WallTime horizon,
                                              WallTime since = WallTime::min());

/// What a listing cannot tell, for the files that the log does not name.
struct UnnamedFiles {
  /// A writer may be about to commit those written since.
  WallTime horizon = WallTime::max();
  /// Versions within the retention from before the log's own memory of removed files; what they
  /// name is kept as if the log still did.
  std::vector<delta::SnapshotPtr> earlier = {};
};

/// The same from a listing: unnamed files count by the time at which they were written.
/// \param listed  all objects below the root; folders that begin with `_` or `.` are left alone,
///                `_change_data` excepted
Result<std::vector<DoomedFile>> PlanFullVacuum(const delta::Snapshot& snapshot,
                                               std::span<const storage::ObjectInfo> listed,
                                               WallTime horizon, const UnnamedFiles& unnamed = {});

}  // namespace neuralake::maintain
