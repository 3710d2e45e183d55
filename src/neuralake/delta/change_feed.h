#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/delta/table.h"

namespace neuralake::delta {

enum class ChangeKind : std::uint8_t {
  kRecorded,  ///< A change data file: its own `_change_type` column tells what each row is.
  kInsert,    ///< Rows that came: `insert`.
  kDelete,    ///< Rows that went: `delete`.
};

/// A file, or some rows of one, that were changed by a commit.
struct ChangeFile {
  ChangeKind kind = ChangeKind::kInsert;
  std::string path;  ///< As in the log.
  PartitionValues partition_values;
  std::int64_t size = 0;
  /// Only the rows that this vector marks; all when absent.
  std::optional<DeletionVectorDescriptor> only;
  /// Without the rows that this vector marks.
  std::optional<DeletionVectorDescriptor> without;
};

/// What one version changed: `_commit_version`, `_commit_timestamp`.
struct ChangedVersion {
  Version version = 0;
  WallTime timestamp{};
  std::vector<ChangeFile> files;
};

/// The change data feed of a range of versions, ready to be read.
struct ChangePlan {
  std::vector<ChangedVersion> versions;  ///< Ascending; those without changes have no files.
  SnapshotPtr end;                       ///< Its schema is the one to read all files with.
};

/// Plan the changes of versions `from`..`to`, both included.
///
/// \errors kInvalid     an empty range; changes were not recorded in all of it, naming the first
///                      version without
///         kNotFound    a version that does not exist or is cleaned up
///         kUnsupported the schema was changed within the range in a way that the last one cannot
///                      read
///         kCorruption  as for reading the log
/// \source Delta PROTOCOL.md, "Reader Requirements for AddCDCFile"
Result<ChangePlan> PlanChanges(Table& table, Version from, Version to, const Deadline& deadline);

/// The changes of one commit.
/// \errors kCorruption  a remove that does not tell its partition values, of a partitioned table
Result<std::vector<ChangeFile>> ChangesOf(const std::vector<Action>& commit,
                                          const Metadata& metadata);

}  // namespace neuralake::delta
