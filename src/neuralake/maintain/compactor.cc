#include "neuralake/maintain/compactor.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/columnar/parquet/page_checksums.h"
#include "neuralake/delta/data/table_write.h"
#include "neuralake/delta/data/written_files.h"
#include "neuralake/delta/file_location.h"
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

/// What the planner knows of each file, but for those in `made`.
std::vector<FileFacts> Facts(const delta::Snapshot& snapshot, const std::set<std::string>& made) {
  const auto& files = snapshot.files();
  const std::size_t partition_columns = snapshot.metadata().partition_columns.size();
  std::vector<FileFacts> facts;
  facts.reserve(files.count());
  for (std::size_t file = 0; file < files.count(); ++file) {
    if (!made.empty() && made.contains(std::string(files.path(file)))) continue;
    auto& fact = facts.emplace_back();
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

/// The first rewrites of `plan`, joined into what one commit does: about one large file.
Rewrite NextCommit(const std::vector<Rewrite>& plan, const CompactionOptions& options) {
  Rewrite joined;
  for (std::size_t i = 0; i < std::min(plan.size(), kRewritesPerCommitMax); ++i) {
    const bool full = joined.bytes + plan[i].bytes > options.target_bytes ||
                      joined.files.size() + plan[i].files.size() > kFilesPerRewriteMax;
    if (i > 0 && full) break;
    joined.files.insert(joined.files.end(), plan[i].files.begin(), plan[i].files.end());
    joined.bytes += plan[i].bytes;
  }
  return joined;
}

/// The live rows that the log says `files` have; nothing when it does not say.
std::optional<std::int64_t> LiveRows(const delta::FileSet& set,
                                     const std::vector<std::uint32_t>& files) {
  std::int64_t rows = 0;
  for (const auto file : files) {
    const auto records = set.num_records(file);
    if (!records) return std::nullopt;
    const auto vector = set.deletion_vector(file);
    rows += *records - (vector ? vector->cardinality : 0);
  }
  return rows;
}

/// One round on one table.
class Compaction {
 public:
  Compaction(delta::Table& table, engine::FileReader& reader, const CompactionOptions& options,
             const Deadline& deadline)
      : table_(table), reader_(reader), options_(options), deadline_(deadline) {}

  Result<CompactionReport> Preview() {
    const auto snapshot = TRY(Newest());
    for (const auto& rewrite : PlanCompaction(Facts(*snapshot, made_), options_)) {
      report_.files_removed += rewrite.files.size();
      report_.bytes_removed += rewrite.bytes;
      ++report_.files_added;
      report_.bytes_added += rewrite.bytes;
    }
    return report_;
  }

  Result<CompactionReport> Run() {
    int lost = 0;  // commits in a row
    while (report_.commits < kCommitsPerRoundMax && !deadline_.stop().stop_requested()) {
      const auto snapshot = TRY(Newest());
      const auto plan = PlanCompaction(Facts(*snapshot, made_), options_);
      if (plan.empty()) break;
      options_.kill_switch->Reach("compact.planned");
      const auto done = Apply(snapshot, NextCommit(plan, options_));
      if (done.has_value()) {
        lost = 0;
        continue;
      }
      if (deadline_.stop().stop_requested() && done.error().kind == ErrorKind::kCancelled) break;
      if (done.error().kind != ErrorKind::kConflict || ++lost > kReplansMax) {
        return std::unexpected(done.error());
      }
      ++report_.replans;
    }
    return report_;
  }

 private:
  Result<delta::SnapshotPtr> Newest() {
    auto snapshot = TRY(table_.Latest(deadline_));
    TRY(delta::CheckWritable(snapshot->protocol(), snapshot->metadata()));
    return snapshot;
  }

  /// Turned bits that were rewritten would pass for sound ever after.
  Status CheckSound(const delta::FileSet& files, const Rewrite& rewrite) {
    for (const auto number : rewrite.files) {
      const std::string path(files.path(number));
      const auto key = delta::KeyOfFile(path, table_.store()->root());
      if (!key) continue;  // It lies elsewhere; the reader finds it.
      auto sound = columnar::CheckPageChecksums(*table_.store(), *key, deadline_);
      // One that is gone is for the reader to tell.
      if (!sound.has_value() && sound.error().kind == ErrorKind::kNotFound) continue;
      if (!sound.has_value()) return Annotate(std::move(sound).error(), "file " + path);
    }
    return {};
  }

  /// Write the live rows of `rewrite` into new files.
  Result<std::vector<delta::AddFile>> WriteMerged(const delta::SnapshotPtr& snapshot,
                                                  const Rewrite& rewrite) {
    delta::WriteOptions write;
    write.target_file_bytes = options_.target_bytes;
    write.data_change = false;
    write.clock = &deadline_.clock();
    const auto writer = TRY(
        delta::DataWriter::Open(table_.store(), snapshot->protocol(), snapshot->metadata(), write));
    TRY(CheckSound(snapshot->files(), rewrite));
    std::int64_t rows = 0;
    const auto keep = [&](const arrow::RecordBatch& batch) {
      rows += batch.num_rows();
      return writer->Write(batch, deadline_);
    };
    TRY(reader_.Read(snapshot, table_.store(), rewrite.files, keep, deadline_));
    const auto expected = LiveRows(snapshot->files(), rewrite.files);
    if (expected && *expected != rows) {
      return Fail(ErrorKind::kCorruption,
                  fmt::format("{} files, the first of them {}, hold {} rows where the log says {}",
                              rewrite.files.size(), snapshot->files().path(rewrite.files[0]), rows,
                              *expected));
    }
    return writer->Finish(deadline_);
  }

  /// Rewrite and commit.
  Status Apply(const delta::SnapshotPtr& snapshot, const Rewrite& rewrite) {
    const auto merged = TRY(WriteMerged(snapshot, rewrite));
    options_.kill_switch->Reach("compact.after_write");
    // What is written is committed, even by a process that was told to end.
    const auto deadline = Deadline::After(kCommitTimeMax, {}, deadline_.clock());
    const auto outcome = table_.Commit(snapshot, RequestOf(*snapshot, rewrite, merged), deadline);
    if (!outcome.has_value()) {
      delta::WrittenFiles(table_.store(), merged).Settle(outcome.error());
      return std::unexpected(outcome.error());
    }
    options_.kill_switch->Reach("compact.after_commit");
    ++report_.commits;
    report_.files_removed += rewrite.files.size();
    report_.bytes_removed += rewrite.bytes;
    report_.files_added += merged.size();
    for (const auto& file : merged) {
      report_.bytes_added += file.size;
      made_.insert(file.path);
    }
    report_.version = outcome->version;
    return {};
  }

  delta::CommitRequest RequestOf(const delta::Snapshot& snapshot, const Rewrite& rewrite,
                                 const std::vector<delta::AddFile>& merged) const {
    delta::CommitRequest request;
    request.isolation = delta::Isolation::kSnapshot;
    request.info.operation = "OPTIMIZE";
    request.info.operation_parameters = {{"predicate", "[]"},
                                         {"targetSize", std::to_string(options_.target_bytes)}};
    std::int64_t bytes_added = 0;
    for (const auto& file : merged) {
      bytes_added += file.size;
      request.actions.emplace_back(file);
    }
    request.info.operation_metrics = {{"numAddedFiles", std::to_string(merged.size())},
                                      {"numRemovedFiles", std::to_string(rewrite.files.size())},
                                      {"numAddedBytes", std::to_string(bytes_added)},
                                      {"numRemovedBytes", std::to_string(rewrite.bytes)}};
    for (const auto number : rewrite.files) {
      auto file = snapshot.files().Get(number);
      request.reads.files.push_back(file.path);
      request.actions.emplace_back(
          delta::RemovalOf(std::move(file), deadline_.clock().Now(), /*data_change=*/false));
    }
    return request;
  }

  delta::Table& table_;
  engine::FileReader& reader_;
  const CompactionOptions& options_;
  const Deadline& deadline_;
  CompactionReport report_;
  std::set<std::string> made_;  // by this round, so that it does not merge its own work again
};

}  // namespace

Result<CompactionReport> Compact(delta::Table& table, engine::FileReader& reader,
                                 const CompactionOptions& options, bool plan_only,
                                 const Deadline& deadline) {
  Compaction compaction(table, reader, options, deadline);
  return plan_only ? compaction.Preview() : compaction.Run();
}

}  // namespace neuralake::maintain
