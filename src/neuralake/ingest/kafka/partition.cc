#include "neuralake/ingest/kafka/partition.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

namespace neuralake::ingest {

KafkaPartition::KafkaPartition(TablePipeline& pipeline, const std::string& cluster,
                               const std::string& topic, std::int32_t partition,
                               std::uint64_t piece_bytes_max)
    : pipeline_(pipeline),
      partition_(partition),
      name_("kafka:" + topic),
      app_id_(fmt::format("neuralake-kafka-{}-{}-{}", cluster, topic, partition)),
      piece_bytes_max_(piece_bytes_max) {
  pipeline_.Attach(*this);
}

KafkaPartition::~KafkaPartition() { pipeline_.Detach(*this); }

Result<std::int64_t> KafkaPartition::Position(const KafkaRange& range, const Deadline& deadline) {
  if (begun_ && !restart_wanted_) return next_;
  // In this order: rows that go after this are asked for once more, never left out.
  restart_wanted_ = false;
  begun_ = false;
  pipeline_.Drop(*this);
  if (const auto known = TRY(pipeline_.PositionOf(*this, deadline))) return *known;
  const bool topic_is_the_same = first_.has_value() && *first_ <= range.end;
  return topic_is_the_same ? *first_ : range.first;
}

void KafkaPartition::Begin(std::int64_t position) {
  if (begun_) return;
  pipeline_.Begin(*this, position);
  first_ = position;
  next_ = position;
  begun_ = true;
}

Status KafkaPartition::Take(std::span<const KafkaMessage> messages, Clock& clock,
                            const Deadline& deadline) {
  while (!messages.empty()) {
    auto lease = TRY(pipeline_.TakeDecoder(deadline));
    PendingRows rows{.first = next_,
                     .received_ms = clock.Now().time_since_epoch().count(),
                     .arrived = clock.Mono()};
    messages = messages.subspan(DecodePiece(messages, *lease.decoder, rows));
    rows.decoded = pipeline_.Keep(lease.decoder->Finish());
    rows.schema = lease.schema;
    pipeline_.GiveBack(std::move(lease));
    next_ = rows.position;
    pipeline_.Add(*this, std::move(rows));
  }
  return {};
}

/// Decode the first of `messages` into `rows`, as many as may wait together; returns how many.
std::size_t KafkaPartition::DecodePiece(std::span<const KafkaMessage> messages, Decoder& decoder,
                                        PendingRows& rows) const {
  std::size_t taken = 0;
  while (taken < messages.size() && rows.source_bytes + decoder.bytes() < piece_bytes_max_) {
    const auto& message = messages[taken++];
    rows.position = message.offset + 1;
    if (!message.payload.has_value()) continue;
    // One value, or else one a line; what is neither becomes one dead letter for each line.
    auto added = decoder.Add(ContentType::kJson, *message.payload, message.offset);
    if (!added.has_value()) {
      added = decoder.Add(ContentType::kNdjson, *message.payload, message.offset);
    }
    if (!added.has_value()) {
      // Its rows take too much memory: asking for it again would not help.
      decoder.AddRejected(added.error().message, *message.payload, message.offset);
      added = RowCounts{.accepted = 0, .rejected = 1};
    }
    rows.counts.accepted += added->accepted;
    rows.counts.rejected += added->rejected;
    rows.source_bytes += message.payload->size();
  }
  return taken;
}

std::string KafkaPartition::PositionOf(const PendingRows& /*rows*/, const RejectedRow& row) const {
  return fmt::format("{}:{}:{}", partition_, row.origin, row.row);
}

std::int64_t KafkaPartition::After(const PendingRows& /*rows*/, const RejectedRow& row) const {
  return row.origin + 1;
}

Result<Decoded> KafkaPartition::Reload(const PendingRows& /*rows*/, Decoder& /*decoder*/) {
  return Fail(ErrorKind::kNotFound, "the topic keeps the messages, this process does not");
}

}  // namespace neuralake::ingest
