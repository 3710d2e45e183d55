#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/columnar/types.h"
#include "neuralake/delta/table.h"
#include "neuralake/delta/write.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::ingest {

/// What a table is made as when it does not exist.
struct TableDeclaration {
  std::string name;  ///< `database.table`.
  std::string description{};
  columnar::Schema schema{};
  std::vector<std::string> partition_by{};
  delta::StringMap properties{};
  /// Why it cannot be made; empty when it can: a column without a declared type.
  std::string incomplete{};
};

/// Source positions by application.
using Positions = std::map<std::string, std::int64_t>;

/// What a sink has committed.
struct SinkCommit {
  std::string_view name;  ///< `database.table`, or that of its dead letters.
  const std::shared_ptr<delta::Table>& table;
  const delta::SnapshotPtr& snapshot;  ///< The table with it.
  std::int64_t rows = 0;
  std::size_t files = 0;
  std::int64_t file_bytes = 0;
  Duration took{};  ///< Writing the files and committing them.
};

/// The Delta table that rows go to.
///
/// \threads `Refresh` from any thread; `Append` one at a time
class TableSink {
 public:
  /// Called with each commit of ours.
  using OnCommit = std::function<void(const SinkCommit&)>;

  /// Opens the table; tried again after a failure, since a store may be away.
  using Open = std::function<Result<std::shared_ptr<delta::Table>>()>;

  TableSink(Open open, TableDeclaration declaration, delta::WriteOptions write, OnCommit on_commit,
            KillSwitch& kills, Clock& clock);

  /// The table as it is now; it is made when it does not exist.
  /// \errors kInvalid      it does not exist and its declaration is incomplete
  ///         kUnsupported  a feature that this build cannot write, by name
  Result<delta::SnapshotPtr> Refresh(const Deadline& deadline);

  /// Commit `batches` with the `positions` they bring their sources to. No rows are fine.
  ///
  /// \param read  from `Refresh`; the batches have its schema
  /// \errors kConflict  somebody changed the schema, or moved one of the positions: plan again
  ///         others     what the store says; the commit may have happened all the same, which the
  ///                    positions of the next `Refresh` tell
  Status Append(const delta::SnapshotPtr& read,
                const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                const Positions& positions, const Deadline& deadline);

  const TableDeclaration& declaration() const { return declaration_; }

 private:
  Result<std::shared_ptr<delta::Table>> Opened();
  Result<delta::SnapshotPtr> Create(delta::Table& table, const Deadline& deadline);
  Result<std::vector<delta::AddFile>> Write(
      const std::shared_ptr<storage::ObjectStore>& store, const delta::Snapshot& read,
      const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches, const Deadline& deadline);

  const Open open_;
  const TableDeclaration declaration_;
  const delta::WriteOptions write_;
  const OnCommit on_commit_;
  KillSwitch& kills_;
  Clock& clock_;

  std::mutex mutex_;
  std::shared_ptr<delta::Table> table_;  // guarded by mutex_; null until opened
};

}  // namespace neuralake::ingest
