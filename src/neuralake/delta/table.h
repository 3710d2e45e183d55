#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/base/rng.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/predicate.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::observe {
class Log;
}

namespace neuralake::delta {

/// What a transaction has read, so that a concurrent commit can be judged.
struct ReadSet {
  bool whole_table = false;
  std::vector<Predicate> predicates;  ///< Files that match any of them count as read.
  std::vector<std::string> files;     ///< Paths as in the log.
};

enum class Isolation : std::uint8_t {
  kWriteSerializable,  ///< Blind appends of others never conflict. The default, as in Spark.
  kSerializable,
  kSnapshot,  ///< For commits that change no data (compaction): only removed files matter.
};

/// One attempt to make the next version.
struct CommitRequest {
  std::vector<Action> actions;  ///< Without a CommitInfo, which `info` becomes.
  CommitInfo info;
  ReadSet reads;
  Isolation isolation = Isolation::kWriteSerializable;
};

struct CommitOutcome {
  Version version;         ///< What the commit became.
  SnapshotPtr snapshot;    ///< The table at that version.
  std::uint32_t attempts;  ///< 1 when nobody was in the way.
};

/// How one commit changed the table, for history.
struct HistoryEntry {
  Version version;
  WallTime timestamp;
  CommitInfo info;
};

struct TableOptions {
  std::uint32_t commit_attempts_max = 1000;  ///< Rebases onto concurrent commits.
  /// Files that make a snapshot wait: parallel reads of log and checkpoint parts.
  std::uint32_t log_readers = 4;
  /// Write a checkpoint behind a commit that is due for one (`delta.checkpointInterval`), on a
  /// thread of the table's own. The destructor waits for it, `kCheckpointPatience` at most.
  bool checkpoints = true;
  /// How long a held snapshot remembers removed files beyond the table's own retention, for a
  /// vacuum that comes later.
  std::chrono::milliseconds tombstone_grace = std::chrono::hours(24);
  /// Where it is told that such a checkpoint failed, or that a table was removed; may be null.
  observe::Log* log = nullptr;
  std::stop_token stop{};                    ///< Ends such a checkpoint that is being written.
  const Clock* clock = &SystemClock::Get();  ///< Outlives the table and its snapshots.
  Rng* rng = &SystemRng::Get();              ///< Tokens and waits; outlives the table.
  /// Steps `commit.before_put`, `commit.after_put`, `checkpoint.before_put` and
  /// `checkpoint.before_pointer`; outlives the table.
  KillSwitch* kill_switch = &KillSwitch::Off();
};

/// A Delta table in an object store. Keeps the newest snapshot and advances it by what is new.
///
/// \threads safe from any thread; share one instance a table and process
class Table {
 public:
  virtual ~Table() = default;

  /// Open the table at the root of `store`. Reads nothing yet.
  static std::shared_ptr<Table> Open(std::shared_ptr<storage::ObjectStore> store,
                                     const TableOptions& options = {});

  /// Open the table at `location`, a path or URI.
  /// \errors kInvalid, kUnsupported  as `Uri::Parse` and `storage::OpenStore`
  static Result<std::shared_ptr<Table>> OpenAt(std::string_view location,
                                               const TableOptions& options = {});

  /// The newest version. Reads each new commit once and probes for one more, and beside that looks
  /// whether the log still leads to the version that is held; lists only the first time, and when
  /// it does not. A table that was made anew so is that table.
  ///
  /// \errors kNotFound    no table there
  ///         kCorruption  the log is broken: names file, version and table; never a partial answer
  ///         kUnsupported a reader feature this build does not have, by name
  virtual Result<SnapshotPtr> Latest(const Deadline& deadline) = 0;

  /// The table as of `version`.
  /// \errors kNotFound  no such version, or its log is cleaned up; names the range that is left
  virtual Result<SnapshotPtr> AtVersion(Version version, const Deadline& deadline) = 0;

  /// The last version committed at or before `time`.
  /// \errors kNotFound  `time` lies before the first version that is left
  virtual Result<SnapshotPtr> AtTime(WallTime time, const Deadline& deadline) = 0;

  /// The newest snapshot this object holds, without looking; null before the first `Latest`.
  virtual SnapshotPtr Cached() const = 0;

  /// Create the table with `metadata` and, in the same commit, `actions`.
  /// \errors kAlreadyExists  there is a table already
  virtual Result<CommitOutcome> Create(Metadata metadata, std::vector<Action> actions,
                                       CommitInfo info, const Deadline& deadline) = 0;

  /// Commit on top of `read`, rebasing over commits that do not conflict.
  ///
  /// The commit that it follows is looked for beside the put: a table that was removed does not
  /// come back by a commit, and one that was made anew gets none that was planned on the old one.
  /// \errors kConflict        a commit since `read` touched what this one read, or the table was
  ///                          removed: plan again
  ///         kUnknownOutcome  the answer was lost and the read-back failed: look before retrying
  ///         kUnsupported     a writer feature this build does not have, by name
  ///         kInvalid         the actions break the protocol or the table's rules
  /// \source Delta PROTOCOL.md, "Delta Log Entries"
  virtual Result<CommitOutcome> Commit(const SnapshotPtr& read, CommitRequest request,
                                       const Deadline& deadline) = 0;

  /// The last `entries_max` commits, newest first.
  virtual Result<std::vector<HistoryEntry>> History(std::size_t entries_max,
                                                    const Deadline& deadline) = 0;

  /// Write a checkpoint of `snapshot` and point `_last_checkpoint` at it.
  virtual Status Checkpoint(const Snapshot& snapshot, const Deadline& deadline) = 0;

  virtual const std::shared_ptr<storage::ObjectStore>& store() const = 0;
};

/// Refuse tables whose protocol needs a reader feature that this build lacks.
/// \errors kUnsupported  naming the features
Status CheckReadable(const Protocol& protocol);

/// Refuse tables whose protocol or properties need a writer feature that this build lacks.
/// \errors kUnsupported  naming the features
Status CheckWritable(const Protocol& protocol, const Metadata& metadata);

}  // namespace neuralake::delta
