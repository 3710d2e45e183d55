#include "neuralake/delta/commit/recent_commits.h"

#include <algorithm>

#include "neuralake/delta/limits.h"

namespace neuralake::delta {

void RecentCommits::Keep(Version version, SharedActions actions) {
  if (actions->size() > kRecentActionsMax) return;
  std::lock_guard lock(mutex_);
  const bool held = std::ranges::any_of(
      entries_, [version](const Entry& entry) { return entry.version == version; });
  if (held) return;
  actions_ += actions->size();
  entries_.push_back({version, std::move(actions)});
  while (entries_.size() > kRecentCommitsMax || actions_ > kRecentActionsMax) {
    actions_ -= entries_.front().actions->size();
    entries_.pop_front();
  }
}

SharedActions RecentCommits::Find(Version version) const {
  std::lock_guard lock(mutex_);
  const auto found =
      std::ranges::find_if(entries_, [version](const Entry& e) { return e.version == version; });
  return found == entries_.end() ? nullptr : found->actions;
}

}  // namespace neuralake::delta
