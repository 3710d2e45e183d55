#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

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

/// Rows that leave a table and rows that come into it, by one statement: collects and writes them,
/// then makes the actions.
///
/// Throws what goes wrong. \threads safe from any thread
class TableChange {
 public:
  /// \param operation  as the history of the table names it: `DELETE`
  TableChange(ChangeTarget target, std::string operation);

  /// Take rows out of the table, whatever else names them.
  void Remove(delta::RowSet rows);

  /// Take rows out of which the statement may name each only once, or it would be open what becomes
  /// of it.
  /// \param named  how often one was named
  void RemoveOnce(delta::RowSet rows, std::uint64_t named);
  /// The same, of rows for which others are put in.
  void Replace(delta::RowSet rows, std::uint64_t named);

  /// Put rows into the table: all its columns, in the order of its schema.
  void Insert(duckdb::ClientContext& context, duckdb::DataChunk& rows);

  /// How many rows were taken out, each counted once.
  std::int64_t rows_removed() const;
  std::int64_t rows_inserted() const;

  /// Write what the commit will name.
  ///
  /// \param reads  what the statement has read of the table
  PendingChange Finish(duckdb::ClientContext& context, delta::ReadSet reads);

 private:
  void CheckNamedOnce() const;
  std::vector<delta::Action> RemovalActions(const Deadline& deadline, PendingChange& change);
  void WriteFiles(duckdb::ClientContext& context, PendingChange& change);
  void CopyLiving(duckdb::ClientContext& context);
  delta::DataWriter& Writer();
  void AddRowMetrics(delta::StringMap& metrics) const;
  void Describe(const std::string& condition, PendingChange& change) const;

  const ChangeTarget target_;
  const std::string operation_;
  /// The files whose living rows are copied, with the rows that are dead.
  std::map<std::uint32_t, DeletionVectorCache::Entry> copied_;
  std::int64_t rows_copied_ = 0;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  delta::RowSet removed_;
  std::uint64_t named_once_ = 0;  ///< Times that a row was named by `RemoveOnce` or `Replace`.
  std::int64_t rows_updated_ = 0;
  std::unique_ptr<ArrowChunks> chunks_;
  std::unique_ptr<delta::DataWriter> writer_;
  std::int64_t rows_inserted_ = 0;
};

}  // namespace neuralake::engine
