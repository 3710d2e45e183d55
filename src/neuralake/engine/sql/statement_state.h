#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "neuralake/base/deadline.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

class DeltaSource;

/// What one running statement knows of itself; lives in its DuckDB connection.
///
/// \threads safe from any thread
class StatementState final : public duckdb::ClientContextState {
 public:
  explicit StatementState(Deadline deadline) : deadline_(std::move(deadline)) {}

  /// Put a new state into the connection of `context`.
  static duckdb::shared_ptr<StatementState> Begin(duckdb::ClientContext& context,
                                                  Deadline deadline);
  /// The state of `context`; made without a deadline when there is none.
  static duckdb::shared_ptr<StatementState> Of(duckdb::ClientContext& context);
  static Deadline DeadlineOf(duckdb::ClientContext& context) { return Of(context)->deadline(); }

  const Deadline& deadline() const { return deadline_; }

  /// The snapshot of `table` (its name and AT clause) that this statement has pinned; else null.
  delta::SnapshotPtr Pinned(const std::string& table) const;
  /// Pin `snapshot` unless another thread was first; returns the pinned one.
  delta::SnapshotPtr Pin(const std::string& table, const delta::SnapshotPtr& snapshot);

  /// Let `table` be `source` for this statement, whatever the catalog says of it.
  void PinSource(const std::string& table, duckdb::shared_ptr<DeltaSource> source);
  duckdb::shared_ptr<DeltaSource> PinnedSource(const std::string& table) const;

  /// Note that a scan of the Delta table at `location` was bound; returns how many were before it.
  std::size_t NoteScan(const std::string& location);
  /// How many were, whatever the optimizer made of them.
  std::size_t Scans(const std::string& location) const;

  /// Note that the statement read `table` at `version`.
  void NoteRead(const std::string& table, std::int64_t version);
  /// Note that the statement made `version` of `table`, which is what its answer tells then.
  void NoteCommit(const std::string& table, std::int64_t version);

  /// What the statement says of the rows that it changes, for the history of the table.
  void NoteCondition(std::string condition);
  std::string condition() const;

  /// Note what the statement was at when its time ended: whoever interrupts it does not know.
  void NoteTimeout(std::string message);
  /// What was noted; empty without it.
  std::string timeout() const;

  /// The version of each table that was read or written; a table that was read at several versions
  /// stands there once for each, as `aviation.flights@3`.
  std::map<std::string, std::int64_t> versions() const;

  std::atomic<std::uint64_t> files_total{0};  ///< Live files of the tables scanned.
  std::atomic<std::uint64_t> files_read{0};   ///< Opened; the others were skipped.

 private:
  const Deadline deadline_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, delta::SnapshotPtr> pins_;
  std::map<std::string, duckdb::shared_ptr<DeltaSource>> sources_;
  std::map<std::string, std::set<std::int64_t>> read_;
  std::map<std::string, std::int64_t> committed_;
  std::map<std::string, std::size_t> scans_;
  std::string condition_;
  std::string timeout_;
};

}  // namespace neuralake::engine
