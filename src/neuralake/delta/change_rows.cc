#include "neuralake/delta/change_rows.h"

#include <exception>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "neuralake/columnar/io/object_file.h"
#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/delta/deletion_vector.h"
#include "neuralake/delta/file_location.h"
#include "neuralake/delta/fixed_table.h"
#include "neuralake/delta/state/table_snapshot.h"

namespace neuralake::delta {
namespace {

using columnar::TypeId;

/// A column of the feed. Under column mapping it needs both marks; its id is one that no column of
/// a table reaches.
columnar::Field FeedColumn(const char* name, TypeId type, int number) {
  columnar::Field field{.name = name, .type = {.id = type}};
  field.metadata["delta.columnMapping.physicalName"] = columnar::JsonString(name);
  field.metadata["delta.columnMapping.id"] = std::to_string(INT32_MAX - number);
  return field;
}

Metadata FeedMetadata(const Metadata& table) {
  Metadata metadata = table;
  auto& fields = metadata.schema.fields;
  fields.push_back(ChangeTypeColumn());
  fields.push_back(FeedColumn(kCommitVersion, TypeId::kLong, 1));
  fields.push_back(FeedColumn(kCommitTimestamp, TypeId::kTimestamp, 2));
  fields.push_back(FeedColumn(kChangeKind, TypeId::kString, 3));
  metadata.schema_text.clear();
  for (const char* name : {kCommitVersion, kCommitTimestamp, kChangeKind}) {
    metadata.partition_columns.emplace_back(name);
  }
  return metadata;
}

/// How many rows a data file has, as its footer tells.
Result<std::uint64_t> RowsOf(const std::string& path, storage::ObjectStore& store,
                             const Deadline& deadline) {
  const auto location = TRY(LocateFile(path, store.root()));
  if (!location.key) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("file {} lies outside of the table and has a deletion vector", path));
  }
  try {
    auto file = TRY(columnar::ObjectFile::Open(store, *location.key, deadline));
    const auto reader = parquet::ParquetFileReader::Open(std::move(file));
    return static_cast<std::uint64_t>(reader->metadata()->num_rows());
  } catch (const std::exception& failure) {
    return Fail(ErrorKind::kCorruption, fmt::format("file {}: {}", path, failure.what()));
  }
}

/// The rows to hide so that those of `file` that changed are left.
Result<std::optional<DeletionVectorDescriptor>> Hidden(const ChangeFile& file,
                                                       storage::ObjectStore& store,
                                                       const Deadline& deadline) {
  if (!file.only) return file.without;
  auto shown = TRY(DeletionVector::Load(*file.only, store, deadline));
  if (file.without) shown = shown.Minus(TRY(DeletionVector::Load(*file.without, store, deadline)));
  return InlineDescriptor(shown.Inverse(TRY(RowsOf(file.path, store, deadline))));
}

std::optional<std::string> KindText(ChangeKind kind) {
  if (kind == ChangeKind::kInsert) return "insert";
  if (kind == ChangeKind::kDelete) return "delete";
  return std::nullopt;
}

Result<AddFile> FeedFile(const ChangeFile& file, const ChangedVersion& version,
                         storage::ObjectStore& store, const Deadline& deadline) {
  AddFile add;
  add.path = file.path;
  add.size = file.size;
  if (add.size == 0) {
    // Removes need not tell a size, but who opens the file wants to know it.
    const auto location = TRY(LocateFile(file.path, store.root()));
    if (location.key) {
      add.size = static_cast<std::int64_t>(TRY(store.Head(*location.key, deadline)).size);
    }
  }
  add.partition_values = file.partition_values;
  add.partition_values[kCommitVersion] = std::to_string(version.version);
  add.partition_values[kCommitTimestamp] =
      columnar::FormatTimestampIso(version.timestamp.time_since_epoch().count() * 1000);
  add.partition_values[kChangeKind] = KindText(file.kind);
  auto hidden = Hidden(file, store, deadline);
  if (!hidden) return Annotate(std::move(hidden).error(), "file " + file.path);
  add.deletion_vector = *std::move(hidden);
  return add;
}

class Files {
 public:
  void Append(const AddFile& add) {
    if (!builder_.HasRoom()) Close();
    FileView view;
    ViewOf(add, view);
    builder_.Append(view);
  }

  TableState Finish() {
    if (builder_.rows() > 0) Close();
    return std::move(state_);
  }

 private:
  void Close() {
    state_.segments.push_back(WholeSegment(builder_.Finish()));
    const FileColumns& columns = *state_.segments.back().columns;
    for (std::size_t row = 0; row < columns.rows(); ++row) state_.totals.Count(columns, row, 1);
  }

  FileColumnsBuilder builder_;
  TableState state_;
};

Result<SnapshotPtr> FeedSnapshot(const ChangePlan& plan, storage::ObjectStore& store,
                                 const Deadline& deadline) {
  Files files;
  for (const ChangedVersion& version : plan.versions) {
    for (const ChangeFile& file : version.files) {
      TRY(deadline.Check("reading changes"));
      files.Append(TRY(FeedFile(file, version, store, deadline)));
    }
  }
  TableState state = files.Finish();
  state.protocol = std::make_shared<const Protocol>(plan.end->protocol());
  state.metadata = std::make_shared<const Metadata>(FeedMetadata(plan.end->metadata()));
  return TableSnapshot::Make(plan.end->version(), plan.end->timestamp(), std::move(state),
                             SystemClock::Get());
}

}  // namespace

columnar::Field ChangeTypeColumn() { return FeedColumn(kChangeType, TypeId::kString, 0); }

Result<std::shared_ptr<Table>> ChangeTable(const ChangePlan& plan, Table& table,
                                           const Deadline& deadline) {
  auto snapshot = FeedSnapshot(plan, *table.store(), deadline);
  if (!snapshot) {
    return Annotate(std::move(snapshot).error(), "table " + table.store()->root().ToString());
  }
  return FixedTable(*std::move(snapshot), table.store());
}

}  // namespace neuralake::delta
