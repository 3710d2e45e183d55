#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/base/rng.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/commit/recent_commits.h"
#include "neuralake/delta/predicate.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/delta/table.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// What a `Committer` needs of the table that it commits to; the table implements it.
///
/// \threads safe from any thread
class CommitGround {
 public:
  virtual ~CommitGround() = default;

  /// The newest snapshot that is held, without looking; null before the first.
  virtual SnapshotPtr Cached() const = 0;

  /// The actions of the commit file of `version`.
  /// \errors kCorruption  naming the file, the line and the table
  virtual Result<std::vector<Action>> Parse(Version version, std::string_view bytes) const = 0;

  /// The snapshot after `base` (null: none, this is version 0) that `commit` makes. In memory, in
  /// time proportional to its actions; reads nothing.
  ///
  /// \param committed  when; an in-commit timestamp among the actions wins over it
  /// \errors kInvalid, kCorruption, kUnsupported  the actions make no table this build can read
  virtual Result<SnapshotPtr> Advance(const SnapshotPtr& base, const CommitFile& commit,
                                      WallTime committed) const = 0;

  /// Keep `snapshot` as the newest, unless what is held is newer.
  virtual void Publish(const SnapshotPtr& snapshot) = 0;

  /// Whether the log still holds the commit of `snapshot`.
  virtual Result<LogState> LookFor(const Snapshot& snapshot, const Deadline& deadline) const = 0;

  /// Hold nothing of the table: it was removed, and another may be there.
  virtual void Forget() = 0;

  /// Whether a row of `file` may satisfy `predicate`, by partition values and statistics.
  virtual bool MayMatch(const Metadata& metadata, const AddFile& file,
                        const Predicate& predicate) const = 0;
};

struct CommitterOptions {
  std::uint32_t attempts_max = 1000;  ///< Rebases onto concurrent commits.
  const Clock* clock = &SystemClock::Get();
  Rng* rng = &SystemRng::Get();
  KillSwitch* kill_switch = &KillSwitch::Off();  ///< Steps `commit.before_put`, `.after_put`.
};

class Attempt;

/// Makes commits: puts `_delta_log/<version>.json` if it is absent, judges whoever was first, and
/// settles a lost answer by looking for its own token. A version is made only behind the one it
/// was planned on: a put that finds this one gone from the log is taken back.
///
/// \threads safe from any thread; one instance a table
class Committer {
 public:
  /// \param ground  outlives this
  Committer(std::shared_ptr<storage::ObjectStore> store, CommitGround& ground,
            CommitterOptions options = {});

  /// As `Table::Create`. The protocol is the lowest that `metadata` can do with, unless `actions`
  /// hold one (see `commit/creation.h`).
  Result<CommitOutcome> Create(Metadata metadata, std::vector<Action> actions, CommitInfo info,
                               const Deadline& deadline);

  /// As `Table::Commit`.
  Result<CommitOutcome> Commit(const SnapshotPtr& read, CommitRequest request,
                               const Deadline& deadline);

  /// Hold no commits of others: the table was removed, and another may be there.
  void Forget() { recent_.Clear(); }

 private:
  /// How a put ended, and what was seen of the version before it.
  struct Sent {
    Status put;
    Result<LogState> base;
    bool is_tried = true;  ///< Whether the store was asked to put it at all.
  };

  /// What stands at the version of an attempt.
  enum class Standing : std::uint8_t { kOurs, kTheirs, kVacant };

  Result<CommitOutcome> Run(Attempt& attempt, const Deadline& deadline);
  Sent Send(const Attempt& attempt, const Deadline& deadline) const;
  Result<CommitOutcome> Finish(const Attempt& attempt);

  /// Make sure that the version that `attempt` follows, looked for with the answer `base`, is there
  /// now that its put may have had an effect.
  /// \errors kConflict        it is not, and nothing was committed
  ///         kUnknownOutcome  it is not, or cannot be seen, and something may be committed
  Status CheckBase(const Attempt& attempt, const Sent& sent, const Deadline& deadline);
  /// Take the commit of `attempt` away where the log ends before it.
  /// \returns whether it is surely not there
  bool Withdraw(const Attempt& attempt, const Status& put, const Deadline& deadline);

  /// Look what stands at `attempt.version()` after its put was not taken; if it is another
  /// commit, judge it and go on from there.
  Result<Standing> Settle(Attempt& attempt, const Sent& sent, const Deadline& deadline);

  /// Judge the commits that others have made since; stops at the first version that is not there.
  Status ReadOn(Attempt& attempt, const Deadline& deadline);
  /// The same, for those up to `newest`, which is held.
  Status CatchUp(Attempt& attempt, const SnapshotPtr& newest, const Deadline& deadline);

  /// Judge `winner`, the commit at `attempt.version()`.
  Status Judge(const Attempt& attempt, const std::vector<Action>& winner) const;
  Status StepOver(Attempt& attempt, CommitFile winner);

  Result<CommitFile> ReadCommit(Version version, const Deadline& deadline) const;
  std::unexpected<Error> Named(Error error) const;

  std::shared_ptr<storage::ObjectStore> store_;
  const bool is_local_;
  CommitGround& ground_;
  CommitterOptions options_;
  RecentCommits recent_;
};

}  // namespace neuralake::delta
