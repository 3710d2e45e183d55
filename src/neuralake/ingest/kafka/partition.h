#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/ingest/kafka/consumer.h"
#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/table/pending.h"
#include "neuralake/ingest/table/table_pipeline.h"

namespace neuralake::ingest {

/// One partition of a topic as the source of a table's rows. Its position is the offset to read
/// next, kept by the table alone.
///
/// \threads `RowSource`'s from the table's flush; the others from the topic's thread
class KafkaPartition final : public RowSource {
 public:
  /// \param pipeline         outlives this
  /// \param piece_bytes_max  what waits together, see `kKafkaPieceBytesMax`
  KafkaPartition(TablePipeline& pipeline, const std::string& cluster, const std::string& topic,
                 std::int32_t partition, std::uint64_t piece_bytes_max = kKafkaPieceBytesMax);
  ~KafkaPartition() override;

  /// Where to read from: behind what was taken in, or where the table is. When that has none of
  /// this partition, where this began before, or else the first offset of `range`. Rows that wait
  /// are dropped unless reading goes on behind them.
  Result<std::int64_t> Position(const KafkaRange& range, const Deadline& deadline);

  /// What comes next goes on from `position`, which `Position` gave.
  void Begin(std::int64_t position);

  /// Take messages of this partition in, behind those of before, in pieces of limited size.
  /// \errors as `TablePipeline::TakeDecoder`
  Status Take(std::span<const KafkaMessage> messages, Clock& clock, const Deadline& deadline);

  /// Whether the table wants rows again that were taken in already.
  bool restart_wanted() const { return restart_wanted_; }

  std::int64_t next() const { return next_; }
  std::int32_t number() const { return partition_; }

  const std::string& app_id() const override { return app_id_; }
  std::string name() const override { return name_; }
  std::string PositionOf(const PendingRows& rows, const RejectedRow& row) const override;
  std::int64_t After(const PendingRows& rows, const RejectedRow& row) const override;
  bool gapless() const override { return true; }
  Result<Decoded> Reload(const PendingRows& rows, Decoder& decoder) override;
  void Committed(std::int64_t /*position*/) override {}
  void Restart(std::int64_t /*position*/) override { restart_wanted_ = true; }

 private:
  std::size_t DecodePiece(std::span<const KafkaMessage> messages, Decoder& decoder,
                          PendingRows& rows) const;

  TablePipeline& pipeline_;
  const std::int32_t partition_;
  const std::string name_;
  const std::string app_id_;
  const std::uint64_t piece_bytes_max_;
  std::atomic<bool> restart_wanted_ = false;
  // Of the topic's thread alone.
  std::int64_t next_ = 0;
  bool begun_ = false;                 // what was taken in leads up to next_ without a gap
  std::optional<std::int64_t> first_;  // where it last began
};

}  // namespace neuralake::ingest
