#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/delta/log/log_segment.h"
#include "neuralake/delta/state/replay.h"
#include "neuralake/delta/state/table_snapshot.h"
#include "neuralake/delta/table.h"

namespace neuralake::delta {

/// The one implementation of `Table`: a log in an object store and the newest snapshot of it.
class LogTable final : public Table {
 public:
  LogTable(std::shared_ptr<storage::ObjectStore> store, TableOptions options);

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

  /// The actions of the commit file of `version`.
  /// \errors kCorruption  naming the file, the line and the table
  Result<std::vector<Action>> Parse(Version version, std::string_view bytes) const;

  /// The snapshot after `base` (null: none, this is version 0) that `actions` make. In memory, in
  /// time proportional to `actions`; reads nothing.
  ///
  /// \param committed  when; an in-commit timestamp among the actions wins over it
  /// \errors kInvalid, kCorruption, kUnsupported  the actions make no table this build can read
  Result<SnapshotPtr> Advance(const SnapshotPtr& base, std::span<const Action> actions,
                              WallTime committed) const;

  /// Keep `snapshot` as the newest, unless what is held is newer.
  void Publish(const SnapshotPtr& snapshot);

 private:
  /// Put the table's name in front of an error.
  std::unexpected<Error> Named(Error error) const;

  Result<SnapshotPtr> LoadNewest(const Deadline& deadline) const;
  Result<SnapshotPtr> Load(LogListing listing, std::optional<Version> version,
                           const Deadline& deadline) const;
  Result<SnapshotPtr> LoadSegment(const LogSegment& segment, Replayed replayed,
                                  const Deadline& deadline) const;
  /// Read what was committed after `base`.
  Result<SnapshotPtr> Follow(SnapshotPtr base, const Deadline& deadline);
  Result<SnapshotPtr> AdvanceBy(const SnapshotPtr& base, LogPart part, WallTime committed) const;
  Result<CommitInfo> ReadCommitInfo(Version version, const Deadline& deadline) const;
  Result<SnapshotPtr> FollowByListing(const SnapshotPtr& base, const Deadline& deadline);
  Result<Version> VersionAt(WallTime time, const Snapshot& latest, const LogListing& listing,
                            const Deadline& deadline) const;

  const std::shared_ptr<storage::ObjectStore> store_;
  const TableOptions options_;

  std::mutex refresh_;  // held while one thread reads new commits for all
  MonoTime listed_{};   // when the log was last listed; guarded by refresh_

  mutable std::mutex mutex_;
  SnapshotPtr cached_;  // guarded by mutex_
};

}  // namespace neuralake::delta
