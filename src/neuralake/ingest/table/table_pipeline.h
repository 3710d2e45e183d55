#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/base/turn.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/ingest/decode/decoder.h"
#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/table/pending.h"
#include "neuralake/ingest/table/pending_budget.h"
#include "neuralake/ingest/table/table_sink.h"

namespace neuralake::ingest {

/// When a table's rows are committed: at the first of `rows`, `bytes` and `interval`.
struct FlushOptions {
  std::int64_t rows = 100'000;
  std::uint64_t bytes = 64ULL << 20;          ///< As they came.
  std::chrono::milliseconds interval{1'000};  ///< Since the oldest came.
  /// How much one commit takes at most, decoded; a body that is larger goes alone.
  std::uint64_t decoded_bytes_max = kFlushDecodedBytesMax;
};

/// How a table's rows wait.
struct PipelineState {
  std::int64_t rows = 0;
  std::uint64_t bytes = 0;
  std::chrono::milliseconds lag{0};  ///< Since the oldest came.
  int failures = 0;                  ///< Flushes in a row.
  std::string error{};               ///< Of the last one.
};

/// The way of rows into one table: they wait by source, and a flush commits those of all sources at
/// once, each with the position it brings its source to. The table's positions are the truth:
/// rows that it has already are dropped, whatever happened in between.
///
/// \threads safe from any thread
class TablePipeline {
 public:
  struct Parts {
    TableSink& rows;
    TableSink& dead_letters;
    UnknownMembers unknown;
    FlushOptions flush;
    PendingBudget& budget;
    KillSwitch& kills;
    Clock& clock;
    /// Told when the table may be due earlier than before.
    std::function<void()> wake;
  };

  TablePipeline(std::string name, Parts parts);

  /// Rows of `source` may come; it outlives them.
  void Attach(RowSource& source);
  /// No more rows of `source`; those that wait are dropped.
  void Detach(RowSource& source);

  /// The rows of a gapless source begin at `position`, whatever comes first: until the table has a
  /// position of it, rows that do not follow from there are asked for again. None of it wait.
  void Begin(RowSource& source, std::int64_t position);

  /// Drop the rows of `source` that wait; a flush that has begun comes first.
  void Drop(RowSource& source);

  /// A decoder for the table's schema, to be given back.
  /// \errors as `TableSink::Refresh`, when the schema is not known yet
  struct Lease {
    std::unique_ptr<Decoder> decoder;
    std::shared_ptr<const columnar::Schema> schema;
  };
  Result<Lease> TakeDecoder(const Deadline& deadline);
  void GiveBack(Lease lease);

  /// Keep rows in memory that are to be added.
  std::shared_ptr<const Decoded> Keep(Decoded decoded) {
    return parts_.budget.Keep(std::move(decoded));
  }

  /// Rows that are safe at `source`, in the order of their positions.
  void Add(RowSource& source, PendingRows rows);

  /// The position of `source` in the table.
  /// \errors kUnsupported  it is gapless, and the table lets positions expire
  Result<std::optional<std::int64_t>> PositionOf(const RowSource& source, const Deadline& deadline);

  /// When the next flush is due; nothing when no rows wait.
  std::optional<MonoTime> Due() const;

  /// Commit a batch of what waits. One at a time; another call waits.
  /// \errors what made it fail; the rows wait on, and the next flush is due later
  Status Flush(const Deadline& deadline);

  /// The lowest position of `source` that waits; nothing when none does.
  std::optional<std::int64_t> FirstWaiting(const RowSource& source) const;

  PipelineState state() const;
  const std::string& name() const { return name_; }

 private:
  struct Lane {
    RowSource* source;
    std::deque<std::shared_ptr<PendingRows>> waiting{};
    std::int64_t begin = 0;  ///< Of a gapless source whose position the table does not have.
  };
  /// What one flush takes of a lane.
  struct Share {
    RowSource* source;
    std::vector<std::shared_ptr<PendingRows>> rows;
  };
  using Shares = std::vector<Share>;

  Lane& LaneOf(const RowSource& source);
  const Lane* FindLane(const RowSource& source) const;
  std::int64_t BeginOf(const RowSource& source) const;
  Shares TakeShares() const;
  Status CheckKeepsPosition(const RowSource& source, const delta::Snapshot& snapshot) const;
  Status FlushOnce(const Deadline& deadline);
  void DropKnown(Shares& shares, const delta::SnapshotPtr& snapshot);
  void DropUntil(const RowSource& source, std::int64_t position);
  void Restart(Share& share, std::int64_t position);
  Status Load(Shares& shares, const std::shared_ptr<const columnar::Schema>& schema);
  Status LoadShare(Share& share, const std::shared_ptr<const columnar::Schema>& schema,
                   std::uint64_t& loaded);
  Status LoadRows(Share& share, PendingRows& rows,
                  const std::shared_ptr<const columnar::Schema>& schema, Lease& lease);
  Status CommitRejected(const Shares& shares, const std::string& schema_text,
                        const Deadline& deadline);
  std::shared_ptr<const columnar::Schema> Adopt(const delta::SnapshotPtr& snapshot);
  void Note(const Status& status);
  void Shed();

  const std::string name_;
  Parts parts_;
  std::mutex flushing_;  // held by the one flush; taken before mutex_
  Turn opening_;         // of the thread that reads the schema for the first time; before mutex_

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<Lane> lanes_;
  std::int64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
  int failures_ = 0;
  std::string error_;
  MonoTime retry_at_{};
  std::shared_ptr<const columnar::Schema> schema_;
  std::string schema_text_;
  std::vector<std::unique_ptr<Decoder>> decoders_;
};

}  // namespace neuralake::ingest
