#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/log/action_sink.h"
#include "neuralake/delta/state/file_columns.h"
#include "neuralake/delta/state/liveness.h"

namespace neuralake::delta {

/// Rows of the log and which of them still count.
struct Segment {
  std::shared_ptr<const FileColumns> columns;
  Liveness live;
  std::size_t removes = 0;  ///< Live rows that are tombstones.

  /// Row `row` counts no more.
  void Clear(std::size_t row);
  /// The rows that are worth their memory: live, and no tombstones from before `oldest`, as far as
  /// that is known without a look at each.
  std::size_t Kept(std::int64_t oldest) const;
};

/// A segment whose rows all count.
Segment WholeSegment(std::shared_ptr<const FileColumns> columns);
/// Copy the live rows of `from`, but for removes from before `oldest`, in milliseconds. Only while
/// `to` has room for them.
void AppendLive(const Segment& from, std::int64_t oldest, FileColumnsBuilder& to);

/// Sums over the live adds.
struct FileTotals {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::int64_t records = 0;           ///< Deleted ones taken off; of the files that tell.
  std::int64_t files_of_unknown = 0;  ///< Files that do not tell their records.

  /// Count row `row` in (`sign` 1) or out (-1).
  void Count(const FileColumns& columns, std::size_t row, std::int64_t sign);
};

using Transactions = std::map<std::string, SetTransaction, std::less<>>;
using Domains = std::map<std::string, DomainMetadata, std::less<>>;

/// All that a version of a table is, without its number. Copies share everything.
///
/// Segments are in the order of the log, oldest first.
struct TableState {
  std::vector<Segment> segments;
  FileTotals totals;
  std::shared_ptr<const Protocol> protocol;
  std::shared_ptr<const Metadata> metadata;
  std::shared_ptr<const Transactions> transactions = std::make_shared<Transactions>();
  std::shared_ptr<const Domains> domains = std::make_shared<Domains>();
};

/// Collects the actions of consecutive commits, or of a checkpoint, for a `TableState`.
class LogPart final : public ActionSink {
 public:
  /// What follows belongs to commit `version`.
  void BeginCommit(Version version) { starts_.push_back({version, rows(), false, false}); }
  /// What follows belongs to no one commit: a range was compacted.
  void BeginRange() { BeginCommit(kNoCommit); }

  Status OnFile(const FileView& file) override;
  Status OnMetadata(Metadata metadata) override;
  Status OnProtocol(Protocol protocol) override;
  Status OnTransaction(SetTransaction transaction) override;
  Status OnDomain(DomainMetadata domain) override;
  Status OnCommitInfo(CommitInfo info) override;
  Status OnSidecar(SidecarRef sidecar) override;
  bool WantsCommitInfo() const override { return wants_commit_info; }

  /// No more actions: `columns` is complete.
  void Finish();
  /// The commit that row `row` of `columns` came with; `kNoCommit` when no one commit did.
  Version CommitOf(std::size_t row) const;

  static constexpr Version kNoCommit = -1;

  bool wants_commit_info = false;

  std::vector<std::shared_ptr<const FileColumns>> columns;
  std::optional<Metadata> metadata;  ///< The last one, its schema still text.
  std::optional<Protocol> protocol;
  std::vector<SetTransaction> transactions;
  std::vector<DomainMetadata> domains;
  std::vector<SidecarRef> sidecars;
  std::optional<CommitInfo> info;  ///< Of the last commit.

 private:
  struct Start {
    Version version;
    std::size_t row;
    bool has_metadata;
    bool has_protocol;
  };

  std::size_t rows() const { return finished_rows_ + builder_.rows(); }

  FileColumnsBuilder builder_;
  std::size_t finished_rows_ = 0;
  std::vector<Start> starts_;
};

/// The state after `base` and the commits of `part`, in time proportional to `part`. Tombstones
/// that were past the table's retention at `forget` go as segments are joined or rewritten.
///
/// \errors kCorruption  the commits contradict themselves or `base`: a file added twice, a schema
///                      that cannot be parsed
Result<TableState> Advance(const TableState& base, const LogPart& part, WallTime forget);

}  // namespace neuralake::delta
