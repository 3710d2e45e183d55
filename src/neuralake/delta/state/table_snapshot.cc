#include "neuralake/delta/state/table_snapshot.h"

#include "neuralake/delta/features.h"
#include "neuralake/delta/limits.h"
#include "neuralake/delta/retention.h"
#include "neuralake/delta/table.h"
#include "neuralake/delta/type_changes.h"

namespace neuralake::delta {

Result<std::shared_ptr<const TableSnapshot>> TableSnapshot::Make(Version version,
                                                                 WallTime timestamp,
                                                                 TableState state,
                                                                 const Clock& clock,
                                                                 SnapshotMarks marks) {
  if (!state.protocol) return Fail(ErrorKind::kCorruption, "the log has no protocol action");
  if (!state.metadata) return Fail(ErrorKind::kCorruption, "the log has no metaData action");
  TRY(CheckReadable(*state.protocol));
  if (SupportsFeature(*state.protocol, "typeWidening")) {
    TRY(CheckTypeChanges(state.metadata->schema));
  }
  const auto mode = TRY(MappingModeOf(*state.protocol, *state.metadata));
  return std::shared_ptr<const TableSnapshot>(
      new TableSnapshot(version, timestamp, std::move(state), mode, clock, marks));
}

std::optional<std::int64_t> TableSnapshot::transaction(std::string_view app_id) const {
  const auto found = state_.transactions->find(app_id);
  if (found == state_.transactions->end()) return std::nullopt;
  return found->second.version;
}

std::vector<SetTransaction> TableSnapshot::transactions() const {
  std::vector<SetTransaction> all;
  for (const auto& [app, transaction] : *state_.transactions) all.push_back(transaction);
  return all;
}

std::vector<DomainMetadata> TableSnapshot::domains() const {
  std::vector<DomainMetadata> all;
  for (const auto& [name, domain] : *state_.domains) all.push_back(domain);
  return all;
}

WallTime TableSnapshot::oldest_tombstone() const {
  return clock_.Now() - TombstoneRetention(*state_.metadata);
}

std::vector<RemoveFile> TableSnapshot::tombstones() const {
  const std::int64_t oldest = oldest_tombstone().time_since_epoch().count();
  std::vector<RemoveFile> kept;
  for (const auto& segment : state_.segments) {
    for (std::size_t row = 0; row < segment.columns->rows(); ++row) {
      if (!segment.columns->is_remove(row) || !segment.live.Test(row)) continue;
      // A remove without a time counts as expired, as in Spark.
      if (segment.columns->time(row).value_or(0) < oldest) continue;
      kept.push_back(segment.columns->Remove(row));
    }
  }
  return kept;
}

std::optional<std::int64_t> TableSnapshot::num_records() const {
  if (state_.totals.files_of_unknown > 0) return std::nullopt;
  return state_.totals.records;
}

bool HasInCommitTimestamps(const Protocol& protocol, const Metadata& metadata) {
  const FeatureRow* row = FindFeature("inCommitTimestamp");
  return NeedsFeature(metadata, *row) && SupportsFeature(protocol, row->name);
}

}  // namespace neuralake::delta
