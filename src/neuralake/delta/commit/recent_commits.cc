#include "neuralake/delta/commit/recent_commits.h"

#include <algorithm>

#include "neuralake/delta/limits.h"

namespace neuralake::delta {

void RecentCommits::Keep(Version version, CommitFile commit) {
  if (commit.actions->size() > kRecentActionsMax) return;
  std::lock_guard lock(mutex_);
  const bool held = std::ranges::any_of(
      entries_, [version](const Entry& entry) { return entry.version == version; });
  if (held) return;
  actions_ += commit.actions->size();
  entries_.push_back({version, std::move(commit)});
  while (entries_.size() > kRecentCommitsMax || actions_ > kRecentActionsMax) {
    actions_ -= entries_.front().commit.actions->size();
    entries_.pop_front();
  }
}

std::optional<CommitFile> RecentCommits::Find(Version version) const {
  std::lock_guard lock(mutex_);
  const auto found =
      std::ranges::find_if(entries_, [version](const Entry& e) { return e.version == version; });
  if (found == entries_.end()) return std::nullopt;
  return found->commit;
}

void RecentCommits::Clear() {
  std::lock_guard lock(mutex_);
  entries_.clear();
  actions_ = 0;
}

}  // namespace neuralake::delta
