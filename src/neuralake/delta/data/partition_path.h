#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace neuralake::delta {

/// One step of a partition: a column by its stored name, and its text; nothing for null.
struct PartitionStep {
  std::string column;
  std::optional<std::string> value;
};

/// The folder of a partition in the store, `a=1/b=x%3Ay/`, or "" without partitions. Characters
/// that file systems or URIs take for their own are escaped as Hive does. A step that would be
/// longer than `kFolderBytesMax` is left out, since a file is in its partition by the log alone.
std::string PartitionFolder(const std::vector<PartitionStep>& partition);

/// The path of object `key` as actions carry it: percent-encoded once.
std::string LogPath(std::string_view key);

}  // namespace neuralake::delta
