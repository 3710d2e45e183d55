#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "neuralake/base/uri.h"
#include "neuralake/columnar/batch_testing.h"
#include "neuralake/delta/data/table_write.h"
#include "neuralake/delta/deletion_vector.h"
#include "neuralake/delta/table.h"
#include "neuralake/delta/write.h"
#include "neuralake/delta/z85.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::engine {

/// For tests: what a table in memory is made of.
struct TestTableOptions {
  std::vector<std::string> partitions = {};
  delta::StringMap properties = {};
  std::string location = "memory://test/t";
  delta::TableOptions table = {};  ///< Its clock is the store's too.
  /// Puts another store around the one in memory.
  std::function<std::shared_ptr<storage::ObjectStore>(std::shared_ptr<storage::ObjectStore>)> wrap =
      {};
};

/// For tests: a Delta table in memory, written file by file.
class TestTable {
 public:
  using Columns = std::vector<columnar::NamedColumn>;

  TestTable(const std::string& ddl, const TestTableOptions& options = {})
      : store_(StoreOf(options, registry_)), table_(delta::Table::Open(store_, options.table)) {
    delta::Metadata metadata;
    metadata.schema = columnar::ParseDdl(ddl).value();
    metadata.partition_columns = options.partitions;
    metadata.configuration = options.properties;
    Check(table_->Create(metadata, {}, {}, {}));
  }

  const std::shared_ptr<delta::Table>& table() const { return table_; }
  const std::shared_ptr<storage::ObjectStore>& store() const { return store_; }

  delta::SnapshotPtr Latest() const { return Check(table_->Latest({})); }

  /// The rows of `columns` as data files for `metadata`, one a partition; not committed.
  std::vector<delta::AddFile> Write(const Columns& columns, const delta::Metadata& metadata,
                                    const delta::WriteOptions& options = {}) const {
    auto writer = Check(delta::DataWriter::Open(store_, Latest()->protocol(), metadata, options));
    Check(writer->Write(*columnar::BatchOf(columns), {}));
    return Check(writer->Finish({}));
  }

  /// Append the rows of `columns`: one commit.
  delta::Version Append(const Columns& columns, const delta::WriteOptions& options = {}) const {
    const auto snapshot = Latest();
    std::vector<delta::Action> actions;
    for (auto& file : Write(columns, snapshot->metadata(), options)) actions.emplace_back(file);
    return Commit(std::move(actions));
  }

  /// Commit `actions` as a blind append.
  delta::Version Commit(std::vector<delta::Action> actions) const {
    delta::CommitRequest request;
    request.actions = std::move(actions);
    request.info.operation = "WRITE";
    request.info.is_blind_append = true;
    return Check(table_->Commit(Latest(), std::move(request), {})).version;
  }

  /// Delete `rows` of file number `file` by a deletion vector.
  delta::Version DeleteRows(std::uint32_t file, const std::vector<std::uint64_t>& rows) const {
    const auto snapshot = Latest();
    auto add = snapshot->files().Get(file);
    std::vector<delta::Action> actions{RemovalOf(add)};
    std::string blob = delta::DeletionVector(rows).Encode();
    delta::DeletionVectorDescriptor vector;
    vector.storage_type = 'i';
    vector.size_bytes = static_cast<std::int32_t>(blob.size());
    vector.cardinality = static_cast<std::int64_t>(rows.size());
    blob.resize((blob.size() + 3) / 4 * 4);
    vector.path_or_inline = delta::EncodeZ85(blob);
    add.deletion_vector = vector;
    actions.emplace_back(add);
    return Commit(std::move(actions));
  }

  /// Put a commit of `lines` into the log as another engine would, unchecked.
  void PutCommit(const std::string& lines) const {
    const auto version = std::to_string(Latest()->version() + 1);
    const auto key = "_delta_log/" + std::string(20 - version.size(), '0') + version + ".json";
    Check(store_->Put(key, lines, storage::PutMode::kIfAbsent, {}));
  }

  /// Remove file number `file` with all its rows.
  delta::Version RemoveFile(std::uint32_t file) const {
    return Commit({RemovalOf(Latest()->files().Get(file))});
  }

  static delta::RemoveFile RemovalOf(const delta::AddFile& add) {
    return delta::RemovalOf(add, SystemClock::Get().Now(), /*data_change=*/true);
  }

  template <class T>
  static T Check(Result<T> result) {
    EXPECT_TRUE(result.has_value()) << result.error().message;
    if constexpr (!std::is_void_v<T>) return std::move(result).value();
  }

 private:
  static std::shared_ptr<storage::ObjectStore> StoreOf(const TestTableOptions& options,
                                                       storage::MemoryRegistry& registry) {
    std::shared_ptr<storage::ObjectStore> store =
        *storage::MemoryStore::Open(*Uri::Parse(options.location), registry, *options.table.clock);
    return options.wrap ? options.wrap(std::move(store)) : store;
  }

  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::ObjectStore> store_;
  std::shared_ptr<delta::Table> table_;
};

}  // namespace neuralake::engine
