#include "neuralake/delta/data/table_write.h"

#include <algorithm>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/schema_merge.h"
#include "neuralake/delta/commit/creation.h"
#include "neuralake/delta/data/written_files.h"

namespace neuralake::delta {
namespace {

std::string_view NameOf(WriteMode mode) {
  switch (mode) {
    case WriteMode::kOverwrite:
      return "Overwrite";
    case WriteMode::kError:
      return "ErrorIfExists";
    case WriteMode::kIgnore:
      return "Ignore";
    default:
      return "Append";
  }
}

Status CheckOptions(const TableWriteOptions& options) {
  if (options.schema_mode == SchemaMode::kOverwrite && options.mode != WriteMode::kOverwrite) {
    return Fail(ErrorKind::kInvalid,
                "schema mode overwrite goes with mode overwrite: rows that stay would lose their "
                "columns");
  }
  return {};
}

}  // namespace

Result<WriteMode> ParseWriteMode(std::string_view text) {
  if (text == "append") return WriteMode::kAppend;
  if (text == "overwrite") return WriteMode::kOverwrite;
  if (text == "error") return WriteMode::kError;
  if (text == "ignore") return WriteMode::kIgnore;
  return Fail(ErrorKind::kInvalid,
              fmt::format("mode '{}' is not append, overwrite, error or ignore", text));
}

Result<SchemaMode> ParseSchemaMode(std::string_view text) {
  if (text.empty()) return SchemaMode::kStrict;
  if (text == "merge") return SchemaMode::kMerge;
  if (text == "overwrite") return SchemaMode::kOverwrite;
  return Fail(ErrorKind::kInvalid, fmt::format("schema mode '{}' is not merge or overwrite", text));
}

RemoveFile RemovalOf(AddFile file, WallTime now, bool data_change) {
  RemoveFile removal;
  removal.path = std::move(file.path);
  removal.deletion_timestamp = now.time_since_epoch().count();
  removal.data_change = data_change;
  removal.extended_file_metadata = true;
  removal.partition_values = std::move(file.partition_values);
  removal.size = file.size;
  removal.tags = std::move(file.tags);
  removal.deletion_vector = std::move(file.deletion_vector);
  removal.base_row_id = file.base_row_id;
  removal.default_row_commit_version = file.default_row_commit_version;
  return removal;
}

TableWrite::TableWrite(std::shared_ptr<Table> table, SnapshotPtr base, TableWriteOptions options)
    : table_(std::move(table)), base_(std::move(base)), options_(std::move(options)) {}

Result<std::unique_ptr<TableWrite>> TableWrite::Begin(std::shared_ptr<Table> table,
                                                      const columnar::Schema& rows,
                                                      TableWriteOptions options,
                                                      const Deadline& deadline) {
  TRY(CheckOptions(options));
  auto latest = table->Latest(deadline);
  if (!latest && latest.error().kind != ErrorKind::kNotFound) {
    return std::unexpected(std::move(latest).error());
  }
  const std::string name = table->store()->root().ToString();
  if (latest && options.mode == WriteMode::kError) {
    return Fail(ErrorKind::kAlreadyExists,
                fmt::format("table {} exists already, at version {}", name, (*latest)->version()));
  }
  std::unique_ptr<TableWrite> write(
      new TableWrite(std::move(table), latest ? *latest : SnapshotPtr(), std::move(options)));
  if (write->base_ && (write->options_.mode == WriteMode::kIgnore || write->IsDone())) {
    write->ignored_ = true;
    write->metadata_ = write->base_->metadata();
    return write;
  }
  Status planned = write->base_ ? write->PlanChange(rows) : write->PlanCreation(rows);
  if (planned) planned = write->Open();
  if (!planned) return Annotate(std::move(planned).error(), "table " + name);
  return write;
}

bool TableWrite::IsDone() const {
  return !options_.transactions.empty() &&
         std::ranges::all_of(options_.transactions, [this](const SetTransaction& transaction) {
           const auto version = base_->transaction(transaction.app_id);
           return version && *version >= transaction.version;
         });
}

Status TableWrite::PlanCreation(const columnar::Schema& rows) {
  Metadata metadata = options_.creation;
  if (options_.partition_by) metadata.partition_columns = *options_.partition_by;
  if (metadata.schema.fields.empty()) {
    metadata.schema = columnar::SchemaForRows(rows);
  } else if (options_.schema_mode != SchemaMode::kStrict) {
    metadata.schema = columnar::MergeSchema(metadata.schema, rows);
  }
  // Completed here, since files are written by physical names before the table is there.
  for (Action& action :
       TRY(NewTable(std::move(metadata), {}, options_.files.clock->Now(), *options_.files.rng))) {
    if (auto* protocol = std::get_if<Protocol>(&action)) protocol_ = std::move(*protocol);
    if (auto* made = std::get_if<Metadata>(&action)) metadata_ = std::move(*made);
  }
  return {};
}

Status TableWrite::PlanChange(const columnar::Schema& rows) {
  protocol_ = base_->protocol();
  metadata_ = base_->metadata();
  const bool replaces_schema = options_.schema_mode == SchemaMode::kOverwrite;
  if (options_.partition_by && *options_.partition_by != metadata_.partition_columns) {
    if (!replaces_schema) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("it is partitioned by [{}], not by [{}]; only an overwrite of the "
                              "schema changes that",
                              fmt::join(metadata_.partition_columns, ", "),
                              fmt::join(*options_.partition_by, ", ")));
    }
    metadata_.partition_columns = *options_.partition_by;
  }
  if (options_.schema_mode == SchemaMode::kStrict) return {};
  auto next = replaces_schema ? columnar::SchemaForRows(rows)
                              : columnar::MergeSchema(metadata_.schema, rows);
  if (next == metadata_.schema) return {};
  metadata_.schema = std::move(next);
  metadata_.schema_text.clear();
  TRY(CheckNewColumns(metadata_, replaces_schema ? columnar::Schema() : base_->metadata().schema));
  NumberNewColumns(metadata_, *options_.files.rng);
  protocol_ = RaisedProtocol(protocol_, metadata_);
  return {};
}

Status TableWrite::Open() {
  writer_ = TRY(DataWriter::Open(table_->store(), protocol_, metadata_, options_.files));
  return {};
}

Status TableWrite::Write(const arrow::RecordBatch& batch, const Deadline& deadline) {
  if (ignored_) return {};
  TRY(writer_->Write(batch, deadline));
  rows_ += batch.num_rows();
  return {};
}

CommitInfo TableWrite::Info(const Written& written) const {
  CommitInfo info;
  info.operation = "WRITE";
  info.operation_parameters = {{"mode", std::string(NameOf(options_.mode))},
                               {"partitionBy", columnar::JsonStrings(metadata_.partition_columns)}};
  info.operation_metrics = {{"numFiles", std::to_string(written.files)},
                            {"numOutputRows", std::to_string(written.rows)},
                            {"numOutputBytes", std::to_string(written.bytes)}};
  return info;
}

Result<Written> TableWrite::Commit(const Deadline& deadline) {
  Written written;
  if (ignored_) {
    written.version = base_->version();
    written.snapshot = base_;
    return written;
  }
  std::vector<Action> actions;
  auto added = TRY(writer_->Finish(deadline));
  WrittenFiles files(table_->store(), added);
  for (auto& file : added) {
    written.bytes += file.size;
    actions.emplace_back(std::move(file));
  }
  written.rows = rows_;
  written.files = static_cast<std::int64_t>(actions.size());
  written.created = creates();
  for (const auto& transaction : options_.transactions) actions.emplace_back(transaction);
  auto done = Finish(std::move(actions), std::move(written), deadline);
  if (!done) files.Settle(done.error());
  return done;
}

Result<Written> TableWrite::Finish(std::vector<Action> actions, Written written,
                                   const Deadline& deadline) {
  CommitInfo info = Info(written);
  const auto done = [&written](CommitOutcome outcome) {
    written.version = outcome.version;
    written.snapshot = std::move(outcome.snapshot);
    return std::move(written);
  };
  if (creates()) {
    actions.insert(actions.begin(), protocol_);
    return done(TRY(table_->Create(metadata_, std::move(actions), std::move(info), deadline)));
  }
  CommitRequest request;
  if (!(metadata_.schema == base_->metadata().schema) ||
      metadata_.partition_columns != base_->metadata().partition_columns) {
    actions.emplace_back(metadata_);
  }
  if (!(protocol_ == base_->protocol())) actions.emplace_back(protocol_);
  if (options_.mode == WriteMode::kOverwrite) {
    const auto now = options_.files.clock->Now();
    const FileSet& files = base_->files();
    request.reads.whole_table = true;
    for (std::size_t file = 0; file < files.count(); ++file) {
      actions.emplace_back(RemovalOf(files.Get(file), now, options_.files.data_change));
    }
  } else if (actions.empty()) {
    written.version = base_->version();
    written.snapshot = base_;
    return written;
  }
  request.actions = std::move(actions);
  request.info = std::move(info);
  return done(TRY(table_->Commit(base_, std::move(request), deadline)));
}

}  // namespace neuralake::delta
