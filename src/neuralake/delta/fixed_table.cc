#include "neuralake/delta/fixed_table.h"

#include <fmt/format.h>

namespace neuralake::delta {
namespace {

class Fixed final : public Table {
 public:
  Fixed(SnapshotPtr snapshot, std::shared_ptr<storage::ObjectStore> store)
      : snapshot_(std::move(snapshot)), store_(std::move(store)) {}

  Result<SnapshotPtr> Latest(const Deadline&) override { return snapshot_; }
  Result<SnapshotPtr> AtVersion(Version version, const Deadline&) override {
    if (version == snapshot_->version()) return snapshot_;
    return Fail(ErrorKind::kNotFound, fmt::format("version {} is not held", version));
  }
  Result<SnapshotPtr> AtTime(WallTime, const Deadline&) override { return snapshot_; }
  SnapshotPtr Cached() const override { return snapshot_; }
  Result<CommitOutcome> Create(Metadata, std::vector<Action>, CommitInfo,
                               const Deadline&) override {
    return Refused();
  }
  Result<CommitOutcome> Commit(const SnapshotPtr&, CommitRequest, const Deadline&) override {
    return Refused();
  }
  Result<std::vector<HistoryEntry>> History(std::size_t, const Deadline&) override {
    return std::vector<HistoryEntry>{};
  }
  Status Checkpoint(const Snapshot&, const Deadline&) override { return Refused(); }
  const std::shared_ptr<storage::ObjectStore>& store() const override { return store_; }

 private:
  static std::unexpected<Error> Refused() {
    return Fail(ErrorKind::kUnsupported, "rows that are worked out cannot be changed");
  }

  const SnapshotPtr snapshot_;
  const std::shared_ptr<storage::ObjectStore> store_;
};

}  // namespace

std::shared_ptr<Table> FixedTable(SnapshotPtr snapshot,
                                  std::shared_ptr<storage::ObjectStore> store) {
  return std::make_shared<Fixed>(std::move(snapshot), std::move(store));
}

}  // namespace neuralake::delta
