#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/commit/committer.h"
#include "neuralake/delta/commit/conflict.h"
#include "neuralake/delta/commit/recent_commits.h"
#include "neuralake/delta/snapshot.h"

namespace neuralake::delta {

/// One commit on its way: what it does, the snapshot it would follow, and its text there.
class Attempt {
 public:
  /// \param base   null when it creates the table
  /// \param token  marks the commit as this writer's, in every version it may be tried as
  Attempt(SnapshotPtr base, CommitRequest request, std::string token);

  /// Make text and snapshot of the commit as the version after `base()`.
  /// \errors kInvalid, kCorruption, kUnsupported  the actions make no table
  Status Prepare(const CommitGround& ground, WallTime now);

  /// Take `there` for it, as the log has it: it was put with the time of an earlier try.
  /// \errors as `Prepare`
  Status Adopt(const CommitGround& ground, CommitFile there, WallTime committed);

  /// Go on from `base`, a later version.
  void Rebase(SnapshotPtr base);

  /// Whether `actions`, read back, are this commit.
  bool Owns(const std::vector<Action>& actions) const;

  const SnapshotPtr& base() const { return base_; }
  Version version() const { return base_ ? base_->version() + 1 : 0; }
  const std::string& text() const { return text_; }
  const SnapshotPtr& next() const { return next_; }
  SharedActions actions() const { return actions_; }
  /// The commit as it is, or would be, in the log.
  const CommitFile& file() const { return file_; }
  Transaction transaction() const { return {*actions_, &reads_, isolation_}; }
  const Protocol& protocol() const { return *protocol_; }
  const Metadata& metadata() const { return *metadata_; }

  const std::string& token() const { return token_; }

  /// Whether a put of this version was sent whose answer is lost: it may yet have its effect.
  bool sent = false;
  /// Whether the last look at this version failed.
  bool unseen = false;
  /// Puts so far.
  std::uint32_t puts = 0;

 private:
  void SetInCommitTimestamp(WallTime now);

  SnapshotPtr base_;
  std::shared_ptr<std::vector<Action>> actions_;  // the info first
  ReadSet reads_;
  Isolation isolation_;
  std::string token_;
  // Of the table once the commit is in.
  const Protocol* protocol_ = nullptr;
  Metadata* own_metadata_ = nullptr;
  const Metadata* metadata_ = nullptr;

  std::string text_;
  CommitFile file_;
  SnapshotPtr next_;
};

}  // namespace neuralake::delta
