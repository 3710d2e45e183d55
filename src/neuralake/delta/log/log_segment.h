#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/log/file_names.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// The files of a log from some version on, by version.
struct LogListing {
  Version from = 0;            ///< Files of older versions were not looked for.
  std::vector<LogFile> files;  ///< In order of their names.
};

/// List the log of versions `from`..`to`.
/// \errors what the store answers; kResourceExhausted beyond `kLogListingKeysMax` files
Result<LogListing> ListLog(storage::ObjectStore& store, Version from, std::optional<Version> to,
                           const Deadline& deadline);

/// The version that `_last_checkpoint` points at; nothing when it is missing, torn or nonsense.
/// \errors what the store answers, but for kNotFound
Result<std::optional<Version>> ReadLastCheckpoint(storage::ObjectStore& store,
                                                  const Deadline& deadline);

/// What to read for one version: a checkpoint (or none) and the commits behind it.
struct LogSegment {
  Version version = 0;
  std::optional<Version> checkpoint_version;
  std::vector<LogFile> checkpoint;  ///< One file, or all parts.
  std::vector<LogFile> commits;     ///< Ascending; compacted ranges stand for their commits.
  std::optional<LogFile> last;      ///< The commit file of `version`, if it is left.
  /// When `version` was committed, by the times of the files, made monotonic.
  WallTime file_time{};
};

/// Files that turned out to be unreadable, by key.
using BadFiles = std::set<std::string, std::less<>>;

/// Choose the files for `version`, or for the newest version.
///
/// \errors kNotFound    no table, or no such version; names the versions that are left
///         kCorruption  a commit between is missing, by name
Result<LogSegment> ChooseSegment(const LogListing& listing, std::optional<Version> version,
                                 const BadFiles& bad);

/// When each commit of `listing` was made, ascending: the times of the files, each at least a
/// millisecond after the one before.
std::vector<std::pair<Version, WallTime>> CommitTimes(const LogListing& listing);

}  // namespace neuralake::delta
