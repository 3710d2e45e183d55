#include "neuralake/engine/change/table_change.h"

#include <utility>

#include <arrow/record_batch.h>

#include "neuralake/columnar/json_text.h"
#include "neuralake/delta/features.h"
#include "neuralake/engine/attach/table_entries.h"
#include "neuralake/engine/scan/row_batches.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

constexpr const char* kChangeFeedProperty = "delta.enableChangeDataFeed";

[[noreturn]] void Refuse(ErrorKind kind, std::string why) {
  ThrowError({kind, std::move(why), {}, -1});
}

void CheckChangeable(const DeltaSource& source) {
  const auto& metadata = source.snapshot().metadata();
  OrThrow(delta::CheckWritable(source.snapshot().protocol(), metadata));
  if (delta::IsOn(metadata, "delta.appendOnly")) {
    Refuse(ErrorKind::kInvalid, "table " + source.name() +
                                    " is append-only (delta.appendOnly): its rows cannot be "
                                    "changed or deleted");
  }
}

}  // namespace

ChangeTarget ChangeTargetOf(duckdb::TableCatalogEntry& table) {
  const auto* stored = dynamic_cast<DeltaEntry*>(&table);
  if (stored == nullptr) {
    Refuse(ErrorKind::kUnsupported, "only Delta tables can be changed, not " + table.name);
  }
  CheckChangeable(*stored->source());
  return {table.schema.name, table.name, stored->location(), stored->source()};
}

TableChange::TableChange(ChangeTarget target, std::string operation)
    : target_(std::move(target)),
      operation_(std::move(operation)),
      keeps_feed_(delta::IsOn(target_.source->snapshot().metadata(), kChangeFeedProperty)) {}

void TableChange::Remove(const delta::RowSet& rows) {
  std::lock_guard lock(mutex_);
  removed_.Merge(rows);
}

void TableChange::RemoveOnce(const delta::RowSet& rows, std::uint64_t named) {
  std::lock_guard lock(mutex_);
  AddNamedOnce(rows, named);
}

void TableChange::Replace(const delta::RowSet& rows, std::uint64_t named) {
  std::lock_guard lock(mutex_);
  replaced_.Merge(rows);
  AddNamedOnce(rows, named);
}

void TableChange::AddNamedOnce(const delta::RowSet& rows, std::uint64_t named) {
  removed_.Merge(rows);
  once_.Merge(rows);
  named_once_ += named;
}

void TableChange::Insert(duckdb::ClientContext& context, duckdb::DataChunk& rows, Incoming what) {
  const Deadline deadline = StatementState::DeadlineOf(context);
  std::lock_guard lock(mutex_);
  if (!chunks_) {
    duckdb::vector<duckdb::string> names;
    duckdb::vector<duckdb::LogicalType> types;
    for (const ScanColumn& column : target_.source->columns()) {
      names.push_back(column.field.name);
      types.push_back(column.type);
    }
    chunks_ = std::make_unique<ArrowChunks>(context, names, types);
  }
  const auto batch = chunks_->Convert(rows);
  OrThrow(Writer().Write(*batch, deadline));
  rows_inserted_ += batch->num_rows();
  if (!keeps_feed_) return;
  OrThrow(Feed().Write(
      *batch,
      what == Incoming::kNew ? delta::RowChangeType::kInsert : delta::RowChangeType::kUpdateAfter,
      deadline));
}

std::int64_t TableChange::rows_removed() const {
  std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(removed_.count());
}

delta::DataWriter& TableChange::Writer() {
  if (!writer_) {
    const auto& snapshot = target_.source->snapshot();
    writer_ = OrThrow(delta::DataWriter::Open(target_.source->store(), snapshot.protocol(),
                                              snapshot.metadata(), delta::WriteOptions()));
  }
  return *writer_;
}

delta::ChangeWriter& TableChange::Feed() {
  if (!feed_) {
    const auto& snapshot = target_.source->snapshot();
    feed_ = OrThrow(delta::ChangeWriter::Open(target_.source->store(), snapshot.protocol(),
                                              snapshot.metadata()));
  }
  return *feed_;
}

void TableChange::CheckNamedOnce() const {
  if (once_.count() == named_once_) return;
  ThrowError({ErrorKind::kInvalid,
              "a row of " + target_.source->name() +
                  " is matched more than once, so that it is open what becomes of it: let the "
                  "condition match one row at most",
              {},
              -1,
              "21000"});
}

PendingChange TableChange::Finish(duckdb::ClientContext& context, delta::ReadSet reads) {
  const auto state = StatementState::Of(context);
  const DeltaSource& source = *target_.source;
  PendingChange change{source.name(), target_.location, source.snapshot_ptr(), {}, {}};
  change.commit.reads = std::move(reads);
  try {
    CheckNamedOnce();
    change.commit.actions = RemovalActions(state->deadline(), change);
    if (!copied_.empty()) CopyLiving(context);
    if (writer_) {
      auto files = OrThrow(writer_->Finish(state->deadline()));
      change.written.emplace_back(source.store(), files);
      for (auto& file : files) change.commit.actions.emplace_back(std::move(file));
    }
    if (keeps_feed_) WriteFeed(context, change);
    Describe(state->condition(), change);
  } catch (...) {
    change.Drop();
    throw;
  }
  return change;
}

std::vector<delta::Action> TableChange::RemovalActions(const Deadline& deadline,
                                                       PendingChange& change) {
  const DeltaSource& source = *target_.source;
  const auto now = SystemClock::Get().Now();
  delta::DeletionVectorWriter vectors(source.store());
  std::vector<delta::Action> actions;
  needs_feed_ = rows_inserted_ > 0 && removed_.count() > 0;
  for (const auto& [file, gone] : removed_.files()) {
    const auto before = OrThrow(source.Deletions(file, deadline));
    auto removal = OrThrow(delta::PlanRemoval(source.snapshot(), file, gone, before.get()));
    OrThrow(delta::AppendRemoval(source.snapshot(), removal, now, vectors, actions, deadline));
    needs_feed_ = needs_feed_ || removal.way != delta::RemovalWay::kWholeFile;
    if (removal.way != delta::RemovalWay::kRewrite) continue;
    copied_[file] = std::make_shared<const delta::DeletionVector>(std::move(removal.dead));
  }
  change.written.emplace_back(source.store(), OrThrow(vectors.Finish(deadline)));
  return actions;
}

/// Write the rows that live on in `copied_` into new files.
void TableChange::CopyLiving(duckdb::ClientContext& context) {
  ReadRows(context, copied_, [&](const arrow::RecordBatch& batch) -> Status {
    rows_copied_ += batch.num_rows();
    return Writer().Write(batch, StatementState::DeadlineOf(context));
  });
}

/// Write into the feed what became of which row. Where whole files come, or go, they tell it.
void TableChange::WriteFeed(duckdb::ClientContext& context, PendingChange& change) {
  if (!needs_feed_) {
    feed_.reset();
    return;
  }
  WriteRemoved(context, replaced_, delta::RowChangeType::kUpdateBefore);
  WriteRemoved(context, removed_.Minus(replaced_), delta::RowChangeType::kDelete);
  if (!feed_) return;
  auto files = OrThrow(feed_->Finish(StatementState::DeadlineOf(context)));
  change.written.emplace_back(target_.source->store(), files);
  for (auto& file : files) change.commit.actions.emplace_back(std::move(file));
}

void TableChange::WriteRemoved(duckdb::ClientContext& context, const delta::RowSet& rows,
                               delta::RowChangeType what) {
  // More than any file has, for those whose number of rows the log does not tell.
  constexpr std::int64_t kRowsMax = std::int64_t{1} << 32;
  HiddenRows others;
  for (const auto& [file, gone] : rows.files()) {
    const auto count = target_.source->files().num_records(file).value_or(kRowsMax);
    others[file] = std::make_shared<const delta::DeletionVector>(
        gone.Inverse(static_cast<std::uint64_t>(count)));
  }
  if (others.empty()) return;
  ReadRows(context, std::move(others), [&](const arrow::RecordBatch& batch) {
    return Feed().Write(batch, what, StatementState::DeadlineOf(context));
  });
}

/// Hand the rows of the files of `hidden` to `sink`, without those that it hides. They are scanned
/// as any statement would scan them, in a connection of their own: this one is busy.
void TableChange::ReadRows(duckdb::ClientContext& context, HiddenRows hidden,
                           const std::function<Status(const arrow::RecordBatch&)>& sink) const {
  auto source = duckdb::make_shared_ptr<DeltaSource>(*target_.source);
  source->only_files.emplace();
  for (const auto& [file, rows] : hidden) source->only_files->push_back(file);
  source->dead_rows = std::move(hidden);
  duckdb::Connection connection(*context.db);
  StatementState::Begin(*connection.context, StatementState::DeadlineOf(context))
      ->PinSource(source->name(), source);
  const auto quoted = [](const std::string& name) {
    return duckdb::KeywordHelper::WriteQuoted(name, '"');
  };
  const auto poll = [&] {
    if (context.IsInterrupted()) throw duckdb::InterruptException();
  };
  OrThrow(StreamRows(connection,
                     "SELECT * FROM " + std::string(kCatalogName) + "." + quoted(target_.database) +
                         "." + quoted(target_.table),
                     sink, poll));
}

/// By the names that Spark has for them.
void TableChange::AddRowMetrics(delta::StringMap& metrics) const {
  const auto removed = removed_.count();
  const auto updated = replaced_.count();
  const auto inserted = static_cast<std::uint64_t>(rows_inserted_);
  if (operation_ == "DELETE") {
    metrics["numDeletedRows"] = std::to_string(removed);
  } else if (operation_ == "UPDATE") {
    metrics["numUpdatedRows"] = std::to_string(updated);
  } else {
    metrics["numTargetRowsUpdated"] = std::to_string(updated);
    metrics["numTargetRowsDeleted"] = std::to_string(removed - updated);
    metrics["numTargetRowsInserted"] = std::to_string(inserted - updated);
  }
}

void TableChange::Describe(const std::string& condition, PendingChange& change) const {
  std::int64_t added = 0;
  std::int64_t vectors = 0;
  std::int64_t removed = 0;
  for (const delta::Action& action : change.commit.actions) {
    if (const auto* file = std::get_if<delta::AddFile>(&action)) {
      ++(file->deletion_vector ? vectors : added);
    } else if (const auto* gone = std::get_if<delta::RemoveFile>(&action)) {
      change.commit.reads.files.push_back(gone->path);
      ++removed;
    }
  }
  auto& info = change.commit.info;
  info.operation = operation_;
  // As Spark tells it in the history: a list of one.
  info.operation_parameters["predicate"] =
      condition.empty() ? "[]" : columnar::JsonStrings({&condition, 1});
  info.operation_metrics = {{"numRemovedFiles", std::to_string(removed - vectors)},
                            {"numAddedFiles", std::to_string(added)},
                            {"numDeletionVectorsAdded", std::to_string(vectors)},
                            {"numCopiedRows", std::to_string(rows_copied_)}};
  AddRowMetrics(info.operation_metrics);
}

}  // namespace neuralake::engine
