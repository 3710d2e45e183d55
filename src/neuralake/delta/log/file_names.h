#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "neuralake/base/clock.h"
#include "neuralake/delta/actions.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

inline constexpr std::string_view kLogPrefix = "_delta_log/";
inline constexpr std::string_view kLastCheckpointKey = "_delta_log/_last_checkpoint";
inline constexpr std::string_view kSidecarPrefix = "_delta_log/_sidecars/";

enum class LogFileKind : std::uint8_t {
  kCommit,               ///< `n.json`
  kCompacted,            ///< `x.y.compacted.json`
  kClassicCheckpoint,    ///< `n.checkpoint.parquet`
  kMultipartCheckpoint,  ///< `n.checkpoint.o.p.parquet`
  kUuidCheckpoint,       ///< `n.checkpoint.u.json` or `.parquet`
  kChecksum,             ///< `n.crc`
};

inline bool IsCheckpoint(LogFileKind kind) {
  using enum LogFileKind;
  return kind == kClassicCheckpoint || kind == kMultipartCheckpoint || kind == kUuidCheckpoint;
}

/// A file of the log, as its name tells it.
/// \source Delta PROTOCOL.md, "File Types"
struct LogFile {
  LogFileKind kind = LogFileKind::kCommit;
  Version version = 0;      ///< Of a compacted range: its first.
  Version end_version = 0;  ///< The same, but for a compacted range: its last.
  std::uint32_t part = 1;   ///< 1..parts, of a multi-part checkpoint.
  std::uint32_t parts = 1;
  std::string key;  ///< In the store.
  std::uint64_t size = 0;
  WallTime modified{};
};

/// `_delta_log/<version>.json`, 20 digits.
std::string CommitKey(Version version);
std::string ClassicCheckpointKey(Version version);
/// `_delta_log/<version>`, 20 digits: what all files of a version begin with.
std::string VersionPrefix(Version version);

/// What `object` is; nothing for files that are not of the log.
std::optional<LogFile> ParseLogFile(const storage::ObjectInfo& object);

}  // namespace neuralake::delta
