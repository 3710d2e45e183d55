#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "neuralake/base/clock.h"
#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/ingest/decode/decoder.h"
#include "neuralake/ingest/wal/recovery.h"

namespace neuralake::ingest {

/// Rows of one table that are safe at their source and not yet committed: one pushed body, or some
/// messages of one Kafka partition.
struct PendingRows {
  std::int64_t first = 0;     ///< Its record; of a gapless source, where those before it ended.
  std::int64_t position = 0;  ///< What the table's `txn` says once these rows are in it.
  std::int64_t received_ms = 0;
  MonoTime arrived{};
  RowCounts counts{};
  std::uint64_t source_bytes = 0;    ///< As they came.
  std::optional<WalEntry> record{};  ///< Where the log has them; nothing for other sources.
  /// The rows, kept by the `PendingBudget`; null when they are to be read from the source again.
  std::shared_ptr<const Decoded> decoded{};
  /// The schema they were decoded for.
  std::shared_ptr<const columnar::Schema> schema{};
  /// Rows whose dead letters are committed: body, row and hash of the payload, which tells a row
  /// from the whole of its body. Of the table's flush alone.
  std::set<std::tuple<std::int64_t, std::int64_t, std::uint64_t>> letters{};
};

/// Where rows of a table come from: the write-ahead log, or one partition of a Kafka topic. Its
/// rows are numbered by positions that only grow, and the table says how far it has them.
///
/// \threads `Reload`, `Committed` and `Restart` come from the table's flush, one at a time
class RowSource {
 public:
  virtual ~RowSource() = default;

  /// The application under which the table keeps this source's position. No other source writes
  /// under it: two that share a table would pass over each other's rows.
  virtual const std::string& app_id() const = 0;

  /// How far `table` has the rows of this source; nothing when it has none.
  virtual std::optional<std::int64_t> KnownIn(const delta::Snapshot& table) const {
    return table.transaction(app_id());
  }

  /// What dead letters call it: `push`, `kafka:topic`.
  virtual std::string name() const = 0;

  /// Where a row that did not fit stands in this source.
  virtual std::string PositionOf(const PendingRows& rows, const RejectedRow& row) const = 0;

  /// The position right behind that row: at or below the one a table has, the row is in it.
  virtual std::int64_t After(const PendingRows& rows, const RejectedRow& row) const = 0;

  /// Whether the positions of its rows leave no gap: each ones' `first` is where those before
  /// ended. Rows that do not follow what the table has are then asked for again.
  virtual bool gapless() const { return false; }

  /// The rows again, by `decoder`.
  /// \errors kNotFound  this source does not keep them; they come again after `Restart`
  virtual Result<Decoded> Reload(const PendingRows& rows, Decoder& decoder) = 0;

  /// All rows up to `position` are in the table.
  virtual void Committed(std::int64_t position) = 0;

  /// The table is at `position`, and rows that waited were dropped: give those behind it again.
  virtual void Restart(std::int64_t position) = 0;
};

}  // namespace neuralake::ingest
