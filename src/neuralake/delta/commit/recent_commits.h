#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "neuralake/delta/actions.h"
#include "neuralake/delta/log/commit_mark.h"

namespace neuralake::delta {

using SharedActions = std::shared_ptr<const std::vector<Action>>;

/// A commit file, read.
struct CommitFile {
  SharedActions actions;
  CommitMark mark{};
};

/// The newest commits that passed through this process, so that threads that share a table need
/// not read each other's commits back. Bounded by `kRecentCommitsMax` commits and
/// `kRecentActionsMax` actions.
///
/// \threads safe from any thread
class RecentCommits {
 public:
  void Keep(Version version, CommitFile commit);

  /// Nothing when it is not held.
  std::optional<CommitFile> Find(Version version) const;

  /// Forget all: they are of another table.
  void Clear();

 private:
  struct Entry {
    Version version;
    CommitFile commit;
  };

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<Entry> entries_;
  std::size_t actions_ = 0;
};

}  // namespace neuralake::delta
