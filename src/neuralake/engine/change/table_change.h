#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "neuralake/delta/data/change_writer.h"
#include "neuralake/delta/data/row_removal.h"
#include "neuralake/delta/write.h"
#include "neuralake/engine/change/pending_change.h"
#include "neuralake/engine/duck.h"
#include "neuralake/engine/scan/delta_source.h"
#include "neuralake/engine/types/arrow_chunk.h"

namespace neuralake::engine {

/// Where a statement changes rows: a Delta table at the snapshot that the statement sees.
struct ChangeTarget {
  std::string database;  ///< As in the catalog, like the next two.
  std::string table;
  std::string location;
  DeltaSourcePtr source;
};

/// The table of a DELETE, UPDATE or MERGE. Throws when it is not a Delta table, has nothing stored
/// yet, or is one whose rows stay, or that this build cannot write.
ChangeTarget ChangeTargetOf(duckdb::TableCatalogEntry& table);

/// What a row is that comes into a table.
enum class Incoming : std::uint8_t {
  kNew,
  kChanged,  ///< It stands in for one that is replaced.
};

/// Rows that leave a table and rows that come into it, by one statement: collects and writes them,
/// then makes the actions.
///
/// Throws what goes wrong. \threads safe from any thread
class TableChange {
 public:
  /// \param operation  as the history of the table names it: `DELETE`
  TableChange(ChangeTarget target, std::string operation);

  /// Take rows out of the table, whatever else names them.
  void Remove(const delta::RowSet& rows);

  /// Take rows out of which the statement may name each only once, or it would be open what becomes
  /// of it.
  /// \param named  how often one was named
  void RemoveOnce(const delta::RowSet& rows, std::uint64_t named);
  /// The same, of rows for which others are put in.
  void Replace(const delta::RowSet& rows, std::uint64_t named);

  /// Put rows into the table: all its columns, in the order of its schema.
  void Insert(duckdb::ClientContext& context, duckdb::DataChunk& rows, Incoming what);

  /// How many rows were taken out, each counted once.
  std::int64_t rows_removed() const;

  /// Write what the commit will name.
  ///
  /// \param reads  what the statement has read of the table
  PendingChange Finish(duckdb::ClientContext& context, delta::ReadSet reads);

 private:
  using HiddenRows = std::map<std::uint32_t, DeletionVectorCache::Entry>;

  void AddNamedOnce(const delta::RowSet& rows, std::uint64_t named);
  void CheckNamedOnce() const;
  std::vector<delta::Action> RemovalActions(const Deadline& deadline, PendingChange& change);
  void CopyLiving(duckdb::ClientContext& context);
  void WriteFeed(duckdb::ClientContext& context, PendingChange& change);
  void WriteRemoved(duckdb::ClientContext& context, const delta::RowSet& rows,
                    delta::RowChangeType what);
  void ReadRows(duckdb::ClientContext& context, HiddenRows hidden,
                const std::function<Status(const arrow::RecordBatch&)>& sink) const;
  delta::DataWriter& Writer();
  delta::ChangeWriter& Feed();
  void AddRowMetrics(delta::StringMap& metrics) const;
  void Describe(const std::string& condition, PendingChange& change) const;

  const ChangeTarget target_;
  const std::string operation_;
  const bool keeps_feed_;

  // Of `Finish`.
  HiddenRows copied_;        ///< Files whose living rows are copied, with those that are dead.
  bool needs_feed_ = false;  ///< What files come and go does not tell which rows changed.
  std::int64_t rows_copied_ = 0;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  delta::RowSet removed_;
  delta::RowSet replaced_;        ///< Those of `removed_` that others stand in for.
  delta::RowSet once_;            ///< Those of `removed_` that may be named once.
  std::uint64_t named_once_ = 0;  ///< Times that one of `once_` was.
  std::unique_ptr<ArrowChunks> chunks_;
  std::unique_ptr<delta::DataWriter> writer_;
  std::unique_ptr<delta::ChangeWriter> feed_;
  std::int64_t rows_inserted_ = 0;
};

}  // namespace neuralake::engine
