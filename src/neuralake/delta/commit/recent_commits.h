#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "neuralake/delta/actions.h"

namespace neuralake::delta {

using SharedActions = std::shared_ptr<const std::vector<Action>>;

/// The actions of the newest commits that passed through this process, so that threads that share
/// a table need not read each other's commits back. Bounded by `kRecentCommitsMax` commits and
/// `kRecentActionsMax` actions.
///
/// \threads safe from any thread
class RecentCommits {
 public:
  void Keep(Version version, SharedActions actions);

  /// Null when it is not held.
  SharedActions Find(Version version) const;

 private:
  struct Entry {
    Version version;
    SharedActions actions;
  };

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<Entry> entries_;
  std::size_t actions_ = 0;
};

}  // namespace neuralake::delta
