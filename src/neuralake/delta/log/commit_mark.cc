#include "neuralake/delta/log/commit_mark.h"

#include <algorithm>

#include <xxhash.h>

#include "neuralake/delta/limits.h"
#include "neuralake/delta/log/file_names.h"
#include "neuralake/delta/log/log_segment.h"

namespace neuralake::delta {

CommitMark MarkOf(std::string_view commit) {
  return CommitMark{XXH3_64bits(commit.data(), std::min(commit.size(), kCommitMarkBytes))};
}

Result<LogState> LookForVersion(storage::ObjectStore& store, Version version,
                                std::optional<CommitMark> mark, const Deadline& deadline) {
  const auto begin = store.ReadRange(CommitKey(version), 0, kCommitMarkBytes, deadline);
  if (begin) return !mark || *mark == MarkOf(*begin) ? LogState::kThere : LogState::kOther;
  if (begin.error().kind != ErrorKind::kNotFound) return std::unexpected(begin.error());
  // Clean-up may have taken the commit and left the version's checkpoint.
  Version newest = -1;
  for (const auto& file : TRY(ListLog(store, version, std::nullopt, deadline)).files) {
    if (IsCheckpoint(file.kind)) newest = std::max(newest, file.version);
  }
  if (newest < version) return LogState::kGone;
  return newest == version ? LogState::kThere : LogState::kOther;
}

bool IsLocal(const storage::ObjectStore& store) {
  return store.LocalPath(kLastCheckpointKey).has_value();
}

}  // namespace neuralake::delta
