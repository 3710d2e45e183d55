#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/delta/deletion_vector.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/engine/duck.h"
#include "neuralake/engine/store/store_registry.h"

namespace neuralake::engine {

/// Decoded deletion vectors by their unique id, shared by statements.
///
/// \threads safe from any thread
class DeletionVectorCache {
 public:
  using Entry = std::shared_ptr<const delta::DeletionVector>;

  /// \errors those of `DeletionVector::Load`
  Result<Entry> Get(const delta::DeletionVectorDescriptor& descriptor, storage::ObjectStore& store,
                    const Deadline& deadline);

 private:
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, Entry, std::less<>> entries_;
};

/// Where a column of the table comes from.
struct ScanColumn {
  columnar::Field field;
  duckdb::LogicalType type;
  std::optional<std::size_t> partition;  ///< Its position among the partition columns.
};

/// One table at one version, as a scan needs it. Shared by the parts of the scan.
///
/// \threads immutable once made
class DeltaSource final : public duckdb::TableFunctionInfo {
 public:
  /// \param name  for messages: `aviation.flights`
  DeltaSource(delta::SnapshotPtr snapshot, std::shared_ptr<storage::ObjectStore> store,
              std::shared_ptr<StoreRegistry> stores, std::shared_ptr<DeletionVectorCache> deletions,
              std::string name);

  const delta::Snapshot& snapshot() const { return *snapshot_; }
  const delta::SnapshotPtr& snapshot_ptr() const { return snapshot_; }
  const delta::FileSet& files() const { return snapshot_->files(); }
  const std::vector<ScanColumn>& columns() const { return columns_; }
  const std::string& name() const { return name_; }
  const std::shared_ptr<storage::ObjectStore>& store() const { return store_; }

  /// The path by which DuckDB opens file number `file`, with what it may know beforehand.
  Result<duckdb::OpenFileInfo> Open(std::uint32_t file) const;

  /// The number that `Open` wrote into `info`.
  static std::uint32_t FileNumber(const duckdb::OpenFileInfo& info);

  /// The value of partition column `column` for every row of `file`.
  Result<duckdb::Value> PartitionValue(std::uint32_t file, const ScanColumn& column) const;

  /// The deleted rows of `file`; null when there are none.
  Result<DeletionVectorCache::Entry> Deletions(std::uint32_t file, const Deadline& deadline) const;

  /// Live rows of `file`, exact; nothing when the log does not say.
  std::optional<std::int64_t> LiveRows(std::uint32_t file) const;

  /// Throw through DuckDB that `file`, which is named with its table and version, cannot be read. A
  /// live file that is missing or wrong makes the table corrupt, unless the store is merely away.
  [[noreturn]] void ThrowUnreadable(std::uint32_t file, Error error) const;

  /// Only these files, when set: for maintenance and DML.
  std::optional<std::vector<std::uint32_t>> only_files;
  /// The deleted rows of these files, whatever the log says of them: for DML.
  std::map<std::uint32_t, DeletionVectorCache::Entry> dead_rows;
  /// What the scan belongs to, for DuckDB; null outside of a catalog.
  duckdb::TableCatalogEntry* entry = nullptr;

 private:
  delta::SnapshotPtr snapshot_;
  std::shared_ptr<storage::ObjectStore> store_;
  std::shared_ptr<StoreRegistry> stores_;
  std::shared_ptr<DeletionVectorCache> deletions_;
  std::string name_;
  std::vector<ScanColumn> columns_;
};

using DeltaSourcePtr = duckdb::shared_ptr<DeltaSource>;

/// The columns of a table with `metadata`, in the order of its schema.
std::vector<ScanColumn> ScanColumns(const delta::Metadata& metadata);

}  // namespace neuralake::engine
