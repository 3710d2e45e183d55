#include "neuralake/ingest/table/table_sink.h"

#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/base/uuid.h"
#include "neuralake/columnar/arrow_result.h"
#include "neuralake/delta/data/written_files.h"
#include "neuralake/ingest/kill_points.h"
#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

TableSink::TableSink(Open open, TableDeclaration declaration, delta::WriteOptions write,
                     OnCommit on_commit, KillSwitch& kills, Clock& clock)
    : open_(std::move(open)),
      declaration_(std::move(declaration)),
      write_(std::move(write)),
      on_commit_(std::move(on_commit)),
      kills_(kills),
      clock_(clock) {}

Result<std::shared_ptr<delta::Table>> TableSink::Opened() {
  std::lock_guard lock(mutex_);
  if (table_ == nullptr) table_ = TRY(open_());
  return table_;
}

Result<delta::SnapshotPtr> TableSink::Refresh(const Deadline& deadline) {
  const auto table = TRY(Opened());
  auto latest = table->Latest(deadline);
  if (!latest.has_value() && latest.error().kind == ErrorKind::kNotFound) {
    latest = Create(*table, deadline);
  }
  auto snapshot = TRY(latest);
  TRY(delta::CheckWritable(snapshot->protocol(), snapshot->metadata()));
  return snapshot;
}

Result<delta::SnapshotPtr> TableSink::Create(delta::Table& table, const Deadline& deadline) {
  if (!declaration_.incomplete.empty()) {
    return Fail(ErrorKind::kInvalid, fmt::format("table {} does not exist and cannot be made: {}",
                                                 declaration_.name, declaration_.incomplete));
  }
  delta::Metadata metadata;
  metadata.id = RandomUuid();
  metadata.name = declaration_.name;
  if (!declaration_.description.empty()) metadata.description = declaration_.description;
  metadata.schema = declaration_.schema;
  metadata.partition_columns = declaration_.partition_by;
  metadata.configuration = declaration_.properties;
  metadata.created_time = clock_.Now().time_since_epoch().count();
  kills_.Reach(kill_points::kBeforeTableCreate);
  delta::CommitInfo info;
  info.operation = "CREATE TABLE";
  auto created = table.Create(std::move(metadata), {}, std::move(info), deadline);
  kills_.Reach(kill_points::kAfterTableCreate);
  if (created.has_value()) return created->snapshot;
  // Somebody else made it, or we did and did not hear of it.
  const auto kind = created.error().kind;
  if (kind == ErrorKind::kAlreadyExists || kind == ErrorKind::kUnknownOutcome) {
    return table.Latest(deadline);
  }
  return std::unexpected(std::move(created).error());
}

Status TableSink::Append(const delta::SnapshotPtr& read, const Batches& batches,
                         const Positions& positions, const Deadline& deadline) {
  const auto began = clock_.Mono();
  const auto table = TRY(Opened());
  delta::CommitRequest request;
  std::int64_t rows = 0;
  std::int64_t file_bytes = 0;
  for (const auto& batch : batches) rows += batch->num_rows();
  auto added = TRY(Write(table->store(), *read, batches, deadline));
  delta::WrittenFiles written(table->store(), added);
  for (auto& file : added) {
    file_bytes += file.size;
    request.actions.emplace_back(std::move(file));
  }
  kills_.Reach(kill_points::kAfterDataWrite);
  const auto files = request.actions.size();
  const auto now = clock_.Now().time_since_epoch().count();
  for (const auto& [app, position] : positions) {
    request.actions.emplace_back(
        delta::SetTransaction{.app_id = app, .version = position, .last_updated = now});
  }
  request.info.operation = "STREAMING UPDATE";
  request.info.operation_parameters = {{"outputMode", "Append"}};
  request.info.operation_metrics = {{"numOutputRows", std::to_string(rows)},
                                    {"numAddedFiles", std::to_string(files)}};
  kills_.Reach(kill_points::kBeforeCommit);
  const auto outcome = table->Commit(read, std::move(request), deadline);
  if (!outcome.has_value()) {
    // The rows wait on, and the next attempt writes them anew.
    written.Settle(outcome.error());
    return std::unexpected(outcome.error());
  }
  kills_.Reach(kill_points::kAfterCommit);
  on_commit_({.name = declaration_.name,
              .table = table,
              .snapshot = outcome->snapshot,
              .rows = rows,
              .files = files,
              .file_bytes = file_bytes,
              .took = clock_.Mono() - began});
  return {};
}

Result<std::vector<delta::AddFile>> TableSink::Write(
    const std::shared_ptr<storage::ObjectStore>& store, const delta::Snapshot& read,
    const Batches& batches, const Deadline& deadline) {
  std::vector<delta::AddFile> files;
  if (batches.empty()) return files;
  auto writer = TRY(delta::DataWriter::Open(store, read.protocol(), read.metadata(), write_));
  // Many pushes hold a row or two: one large batch is written several times faster.
  const auto whole =
      TRY(columnar::Unwrap(arrow::ConcatenateRecordBatches(batches), "joining batches"));
  TRY(writer->Write(*whole, deadline));
  return writer->Finish(deadline);
}

}  // namespace neuralake::ingest
