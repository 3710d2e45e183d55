#include "neuralake/engine/scan/delta_source.h"

#include <algorithm>

#include "neuralake/engine/limits.h"
#include "neuralake/engine/types/duck_error.h"
#include "neuralake/engine/types/duck_type.h"
#include "neuralake/engine/types/duck_value.h"

namespace neuralake::engine {
namespace {

constexpr const char* kFileNumberKey = "neuralake_file";

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::vector<ScanColumn> ScanColumns(const delta::Metadata& metadata) {
  std::vector<ScanColumn> columns;
  const auto& partitions = metadata.partition_columns;
  for (const columnar::Field& field : metadata.schema.fields) {
    const auto found = std::ranges::find_if(
        partitions, [&](const auto& name) { return EqualsIgnoringCase(name, field.name); });
    std::optional<std::size_t> partition;
    if (found != partitions.end()) {
      partition = static_cast<std::size_t>(found - partitions.begin());
    }
    columns.push_back({field, ToDuckType(field.type), partition});
  }
  return columns;
}

Result<DeletionVectorCache::Entry> DeletionVectorCache::Get(
    const delta::DeletionVectorDescriptor& descriptor, storage::ObjectStore& store,
    const Deadline& deadline) {
  // Two tables may use one relative path for different vectors.
  const std::string id = store.root().ToString() + "|" + descriptor.UniqueId();
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found != entries_.end()) return found->second;
  }
  auto entry = std::make_shared<const delta::DeletionVector>(
      TRY(delta::DeletionVector::Load(descriptor, store, deadline)));
  std::lock_guard lock(mutex_);
  if (entries_.size() >= kDeletionVectorsCached) entries_.erase(entries_.begin());
  entries_.try_emplace(id, entry);
  return entry;
}

DeltaSource::DeltaSource(delta::SnapshotPtr snapshot, std::shared_ptr<storage::ObjectStore> store,
                         std::shared_ptr<StoreRegistry> stores,
                         std::shared_ptr<DeletionVectorCache> deletions, std::string name)
    : snapshot_(std::move(snapshot)),
      store_(std::move(store)),
      stores_(std::move(stores)),
      deletions_(std::move(deletions)),
      name_(std::move(name)),
      columns_(ScanColumns(snapshot_->metadata())) {}

Result<duckdb::OpenFileInfo> DeltaSource::Open(std::uint32_t file) const {
  const StoredObject object = TRY(stores_->Locate(store_, files().path(file)));
  const auto size = files().size(file);
  // A table that was dropped and made again may use a name again, with another time or size.
  const std::string version =
      std::to_string(files().modification_time(file)) + "-" + std::to_string(size);
  duckdb::OpenFileInfo info(StoreRegistry::Path(stores_->Add(object.store), version, object.key));
  info.extended_info = duckdb::make_shared_ptr<duckdb::ExtendedOpenFileInfo>();
  auto& options = info.extended_info->options;
  options["file_size"] = duckdb::Value::UBIGINT(static_cast<std::uint64_t>(size));
  options["validate_external_file_cache"] = duckdb::Value::BOOLEAN(false);
  options[kFileNumberKey] = duckdb::Value::UINTEGER(file);
  return info;
}

std::uint32_t DeltaSource::FileNumber(const duckdb::OpenFileInfo& info) {
  return info.extended_info->options.at(kFileNumberKey).GetValue<std::uint32_t>();
}

Result<duckdb::Value> DeltaSource::PartitionValue(std::uint32_t file,
                                                  const ScanColumn& column) const {
  const auto text = files().partition_value(file, *column.partition);
  if (!text) return duckdb::Value(column.type);
  auto value = columnar::ParsePartitionValue(*text, column.field.type);
  if (!value.has_value()) {
    return Annotate(value.error(), "partition column " + column.field.name + " of file " +
                                       std::string(files().path(file)) + " in " + name_);
  }
  return ToDuckValue(*value);
}

Result<DeletionVectorCache::Entry> DeltaSource::Deletions(std::uint32_t file,
                                                          const Deadline& deadline) const {
  if (const auto dead = dead_rows.find(file); dead != dead_rows.end()) return dead->second;
  const auto descriptor = files().deletion_vector(file);
  if (!descriptor || descriptor->cardinality == 0) return DeletionVectorCache::Entry();
  return deletions_->Get(*descriptor, *store_, deadline);
}

void DeltaSource::ThrowUnreadable(std::uint32_t file, Error error) const {
  const bool wrong = error.kind == ErrorKind::kNotFound || error.kind == ErrorKind::kInvalid ||
                     error.kind == ErrorKind::kConflict;
  if (wrong) error.kind = ErrorKind::kCorruption;
  const auto place = "file " + PercentDecode(files().path(file)) + " of " + name_ + " at version " +
                     std::to_string(snapshot_->version());
  ThrowError(Annotate(std::move(error), place).error());
}

std::optional<std::int64_t> DeltaSource::LiveRows(std::uint32_t file) const {
  const auto rows = files().num_records(file);
  if (!rows) return std::nullopt;
  if (const auto dead = dead_rows.find(file); dead != dead_rows.end()) {
    return *rows - static_cast<std::int64_t>(dead->second->cardinality());
  }
  const auto deletions = files().deletion_vector(file);
  return *rows - (deletions ? deletions->cardinality : 0);
}

}  // namespace neuralake::engine
