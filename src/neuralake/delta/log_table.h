#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/turn.h"
#include "neuralake/delta/checkpoint/checkpoint_worker.h"
#include "neuralake/delta/commit/committer.h"
#include "neuralake/delta/log/log_segment.h"
#include "neuralake/delta/state/replay.h"
#include "neuralake/delta/state/table_snapshot.h"
#include "neuralake/delta/table.h"

namespace neuralake::delta {

/// The one implementation of `Table`: a log in an object store and the newest snapshot of it.
class LogTable final : public Table, private CommitGround {
 public:
  LogTable(std::shared_ptr<storage::ObjectStore> store, const TableOptions& options);

  Result<SnapshotPtr> Latest(const Deadline& deadline) override;
  Result<SnapshotPtr> AtVersion(Version version, const Deadline& deadline) override;
  Result<SnapshotPtr> AtTime(WallTime time, const Deadline& deadline) override;
  SnapshotPtr Cached() const override;
  Result<CommitOutcome> Create(Metadata metadata, std::vector<Action> actions, CommitInfo info,
                               const Deadline& deadline) override;
  Result<CommitOutcome> Commit(const SnapshotPtr& read, CommitRequest request,
                               const Deadline& deadline) override;
  Result<std::vector<HistoryEntry>> History(std::size_t entries_max,
                                            const Deadline& deadline) override;
  Status Checkpoint(const Snapshot& snapshot, const Deadline& deadline) override;
  const std::shared_ptr<storage::ObjectStore>& store() const override { return store_; }

 private:
  Result<std::vector<Action>> Parse(Version version, std::string_view bytes) const override;
  Result<SnapshotPtr> Advance(const SnapshotPtr& base, const CommitFile& commit,
                              WallTime committed) const override;
  void Publish(const SnapshotPtr& snapshot) override;
  Result<LogState> LookFor(const Snapshot& snapshot, const Deadline& deadline) const override;
  void Forget() override;
  bool MayMatch(const Metadata& metadata, const AddFile& file,
                const Predicate& predicate) const override;

  /// Put the table's name in front of an error.
  std::unexpected<Error> Named(Error error) const;

  void TellOfCheckpoint(const Error& error) const;
  void TellOfLoss(const Snapshot& held) const;

  /// The outcome of a commit, whose checkpoint may be due.
  Result<CommitOutcome> Committed(Result<CommitOutcome> outcome);

  /// The newest snapshot, from the one that is held if the log still leads there.
  Result<SnapshotPtr> Newest(const Deadline& deadline);
  /// Whether the log still leads to `held`: its commit and the one before it are there.
  Result<LogState> LookBehind(const Snapshot& held, const Deadline& deadline) const;
  Result<SnapshotPtr> LoadNewest(const Deadline& deadline) const;
  Result<SnapshotPtr> Load(LogListing listing, std::optional<Version> version,
                           const Deadline& deadline) const;
  Result<SnapshotPtr> LoadSegment(const LogSegment& segment, Replayed replayed,
                                  const Deadline& deadline) const;
  /// Read what was committed after `base`.
  Result<SnapshotPtr> Follow(SnapshotPtr base, const Deadline& deadline);
  Result<SnapshotPtr> AdvanceBy(const SnapshotPtr& base, LogPart part, CommitMark mark,
                                WallTime committed) const;
  Result<CommitInfo> ReadCommitInfo(Version version, const Deadline& deadline) const;
  Result<SnapshotPtr> FollowByListing(const SnapshotPtr& base, const Deadline& deadline);
  Result<Version> VersionAt(WallTime time, const Snapshot& latest, const LogListing& listing,
                            const Deadline& deadline) const;

  const std::shared_ptr<storage::ObjectStore> store_;
  const bool is_local_;
  const TableOptions options_;

  Committer committer_;

  Turn refresh_;       // of the thread that reads new commits for all
  MonoTime listed_{};  // when the log was last listed; guarded by refresh_

  mutable std::mutex mutex_;
  SnapshotPtr cached_;  // guarded by mutex_

  CheckpointWorker checkpoints_;  // the last member: it uses the others until it ends
};

}  // namespace neuralake::delta
