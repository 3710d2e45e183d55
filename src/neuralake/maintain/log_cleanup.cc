#include "neuralake/maintain/log_cleanup.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "neuralake/base/interval.h"
#include "neuralake/delta/log/log_segment.h"
#include "neuralake/delta/state/replay.h"
#include "neuralake/maintain/limits.h"

namespace neuralake::maintain {
namespace {

/// How long commits stay; nothing when they stay for ever.
std::optional<std::chrono::milliseconds> LogRetention(const delta::Metadata& metadata) {
  const auto& properties = metadata.configuration;
  const auto enabled = properties.find("delta.enableExpiredLogCleanup");
  if (enabled != properties.end() && enabled->second == "false") return std::nullopt;
  const auto stated = properties.find("delta.logRetentionDuration");
  if (stated == properties.end()) return kLogRetentionDefault;
  // What cannot be read is no leave to delete.
  return ParseInterval(stated->second);
}

/// The last version that was committed before `horizon`.
std::optional<delta::Version> LastBefore(const delta::LogListing& listing, WallTime horizon) {
  std::optional<delta::Version> last;
  for (const auto& [version, time] : delta::CommitTimes(listing)) {
    if (time < horizon) last = version;
  }
  return last;
}

}  // namespace

Result<std::vector<DoomedFile>> PlanLogCleanup(delta::Table& table, const delta::Metadata& metadata,
                                               WallTime now, WallTime needed,
                                               const Deadline& deadline) {
  std::vector<DoomedFile> files;
  const auto retention = LogRetention(metadata);
  if (!retention) return files;
  const WallTime horizon = std::min(now - *retention, needed);
  auto& store = *table.store();
  const auto listing = TRY(delta::ListLog(store, 0, std::nullopt, deadline));
  const auto last = LastBefore(listing, horizon);
  if (!last) return files;
  auto segment = delta::ChooseSegment(listing, last, {});
  // A log with a hole, or with commits only: nothing in it can be done without.
  if (!segment || !segment->checkpoint_version) return files;
  const delta::Version kept_from = *segment->checkpoint_version;
  for (const auto& file : listing.files) {
    if (file.end_version >= kept_from || file.modified >= horizon) continue;
    files.push_back({file.key, static_cast<std::int64_t>(file.size)});
  }
  if (files.empty()) return files;
  segment->version = kept_from;
  segment->commits.clear();
  const auto whole = delta::Replay(store, *segment, kLogReaders, deadline);
  if (whole) return files;
  if (whole.error().error.kind != ErrorKind::kCorruption) {
    return std::unexpected(whole.error().error);
  }
  files.clear();
  return files;
}

}  // namespace neuralake::maintain
