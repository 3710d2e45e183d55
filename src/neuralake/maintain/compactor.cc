#include "neuralake/maintain/compactor.h"

#include <utility>

#include "neuralake/delta/write.h"
#include "neuralake/maintain/limits.h"

namespace neuralake::maintain {
namespace {

double DeletedShare(const delta::FileSet& files, std::size_t file) {
  const auto vector = files.deletion_vector(file);
  if (!vector) return 0;
  const auto rows = files.num_records(file);
  // Without a row count nobody can say how worn it is; a rewrite finds out.
  if (!rows || *rows <= 0) return 1;
  return static_cast<double>(vector->cardinality) / static_cast<double>(*rows);
}

std::vector<FileFacts> Facts(const delta::Snapshot& snapshot) {
  const auto& files = snapshot.files();
  const std::size_t partition_columns = snapshot.metadata().partition_columns.size();
  std::vector<FileFacts> facts(files.count());
  for (std::size_t file = 0; file < facts.size(); ++file) {
    auto& fact = facts[file];
    fact.number = static_cast<std::uint32_t>(file);
    fact.size = files.size(file);
    fact.modification_time = files.modification_time(file);
    fact.deleted_share = DeletedShare(files, file);
    for (std::size_t column = 0; column < partition_columns; ++column) {
      const auto value = files.partition_value(file, column);
      // The length makes the joined text of several values unambiguous; null has none.
      fact.partition += value ? std::to_string(value->size()) + ":" + std::string(*value) : "-";
    }
  }
  return facts;
}

delta::RemoveFile Removal(delta::AddFile file, WallTime now) {
  delta::RemoveFile removal;
  removal.path = std::move(file.path);
  removal.deletion_timestamp = now.time_since_epoch().count();
  removal.data_change = false;
  removal.extended_file_metadata = true;
  removal.partition_values = std::move(file.partition_values);
  removal.size = file.size;
  removal.stats = std::move(file.stats);
  removal.tags = std::move(file.tags);
  removal.deletion_vector = std::move(file.deletion_vector);
  removal.base_row_id = file.base_row_id;
  removal.default_row_commit_version = file.default_row_commit_version;
  return removal;
}

/// Write the live rows of `rewrite` into new files.
Result<std::vector<delta::AddFile>> WriteMerged(delta::Table& table, engine::FileReader& reader,
                                                const delta::SnapshotPtr& snapshot,
                                                const Rewrite& rewrite,
                                                const CompactionOptions& options,
                                                const Deadline& deadline) {
  delta::WriteOptions write;
  write.target_file_bytes = options.target_bytes;
  write.data_change = false;
  const auto writer = TRY(
      delta::DataWriter::Open(table.store(), snapshot->protocol(), snapshot->metadata(), write));
  TRY(reader.Read(
      snapshot, table.store(), rewrite.files,
      [&](const arrow::RecordBatch& batch) { return writer->Write(batch, deadline); }, deadline));
  return writer->Finish(deadline);
}

delta::CommitRequest RequestOf(const delta::Snapshot& snapshot, const Rewrite& rewrite,
                               std::vector<delta::AddFile> merged, WallTime now) {
  delta::CommitRequest request;
  request.isolation = delta::Isolation::kSnapshot;
  request.info.operation = "OPTIMIZE";
  request.info.is_blind_append = false;
  std::int64_t bytes_added = 0;
  for (auto& file : merged) {
    bytes_added += file.size;
    request.actions.emplace_back(std::move(file));
  }
  request.info.operation_metrics = {{"numAddedFiles", std::to_string(request.actions.size())},
                                    {"numRemovedFiles", std::to_string(rewrite.files.size())},
                                    {"numAddedBytes", std::to_string(bytes_added)},
                                    {"numRemovedBytes", std::to_string(rewrite.bytes)}};
  for (const auto number : rewrite.files) {
    auto file = snapshot.files().Get(number);
    request.reads.files.push_back(file.path);
    request.actions.emplace_back(Removal(std::move(file), now));
  }
  return request;
}

/// Rewrite and commit one bin.
Status Apply(delta::Table& table, engine::FileReader& reader, const delta::SnapshotPtr& snapshot,
             const Rewrite& rewrite, const CompactionOptions& options, CompactionReport& report,
             const Deadline& deadline) {
  auto merged = TRY(WriteMerged(table, reader, snapshot, rewrite, options, deadline));
  const std::size_t added = merged.size();
  std::int64_t bytes_added = 0;
  for (const auto& file : merged) bytes_added += file.size;
  const auto now = deadline.clock().Now();
  const auto outcome =
      TRY(table.Commit(snapshot, RequestOf(*snapshot, rewrite, std::move(merged), now), deadline));
  report.files_removed += rewrite.files.size();
  report.bytes_removed += rewrite.bytes;
  report.files_added += added;
  report.bytes_added += bytes_added;
  report.version = outcome.version;
  return {};
}

CompactionReport Preview(const std::vector<Rewrite>& plan) {
  CompactionReport report;
  for (const auto& rewrite : plan) {
    report.files_removed += rewrite.files.size();
    report.bytes_removed += rewrite.bytes;
    ++report.files_added;
    report.bytes_added += rewrite.bytes;
  }
  return report;
}

}  // namespace

Result<CompactionReport> Compact(delta::Table& table, engine::FileReader& reader,
                                 const CompactionOptions& options, bool plan_only,
                                 const Deadline& deadline) {
  CompactionReport report;
  for (int round = 0;; ++round) {
    const auto snapshot = TRY(table.Latest(deadline));
    TRY(delta::CheckWritable(snapshot->protocol(), snapshot->metadata()));
    const auto plan = PlanCompaction(Facts(*snapshot), options);
    if (plan_only) return Preview(plan);
    Status done;
    for (const auto& rewrite : plan) {
      TRY(deadline.Check("compaction"));
      done = Apply(table, reader, snapshot, rewrite, options, report, deadline);
      if (!done.has_value()) break;
    }
    if (done.has_value()) return report;
    // Somebody removed a file that this plan read; the rewritten one is garbage for a vacuum.
    if (done.error().kind != ErrorKind::kConflict || round == kReplansMax) {
      return std::unexpected(done.error());
    }
  }
}

}  // namespace neuralake::maintain
