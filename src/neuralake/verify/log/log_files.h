#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::verify {

inline constexpr std::string_view kLogFolder = "_delta_log/";

/// One checkpoint of a version, in one file or in several.
struct CheckpointFiles {
  enum class Naming : std::uint8_t { kClassic, kMultiPart, kUuid };
  Naming naming = Naming::kClassic;
  std::vector<storage::ObjectInfo> files;  ///< Parts in their order.
  std::int64_t parts = 1;                  ///< How many there should be.

  bool complete() const { return static_cast<std::int64_t>(files.size()) == parts; }
};

struct CompactedFile {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::string key;
};

/// What a listing of the log shows.
struct LogFiles {
  std::map<std::int64_t, storage::ObjectInfo> commits;
  std::map<std::int64_t, storage::ObjectInfo> checksums;
  std::map<std::int64_t, std::vector<CheckpointFiles>> checkpoints;
  std::vector<CompactedFile> compacted;
  std::map<std::string, std::uint64_t> sidecars;  ///< Size by key.
};

/// List the log of the table in `store`.
/// \errors kNotFound  there is no Delta table
Result<LogFiles> ListLog(storage::ObjectStore& store, const Deadline& deadline);

}  // namespace neuralake::verify
