#include "neuralake/ingest/kafka/topic.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "neuralake/ingest/kill_points.h"

namespace neuralake::ingest {

KafkaTopic::KafkaTopic(KafkaTopicOptions options, const Parts& parts)
    : options_(std::move(options)),
      parts_(parts),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

KafkaTopic::~KafkaTopic() { Stop(); }

void KafkaTopic::Stop() {
  RequestStop();
  if (thread_.joinable()) thread_.join();
}

void KafkaTopic::Run(const std::stop_token& stop) {
  const auto deadline = Deadline::Never(stop, parts_.clock);
  while (!stop.stop_requested()) {
    const auto ended = ReadOnce(deadline);
    if (ended.has_value() || stop.stop_requested()) continue;
    Say(observe::Level::kWarning, "waits: " + Describe(ended.error()));
    deadline.Sleep(kKafkaRetry);
  }
}

/// Read with one consumer until something must begin anew.
Status KafkaTopic::ReadOnce(const Deadline& deadline) {
  auto& table = *TRY(parts_.tables.Get(options_.table));
  const auto consumer = TRY(options_.open(options_.consumer));
  TRY(Join(*consumer, *table.pipeline, deadline));
  Say(observe::Level::kInfo, fmt::format("is read: {} partitions", partitions_.size()));
  return Read(*consumer, *table.pipeline, deadline);
}

Status KafkaTopic::Join(KafkaConsumer& consumer, TablePipeline& pipeline,
                        const Deadline& deadline) {
  const auto count = TRY(consumer.Partitions(options_.topic));
  const auto cluster = TRY(consumer.Cluster());
  while (std::cmp_less(partitions_.size(), count)) {
    const auto number = static_cast<std::int32_t>(partitions_.size());
    partitions_.push_back(
        std::make_unique<KafkaPartition>(pipeline, cluster, options_.topic, number));
  }
  std::map<std::int32_t, std::int64_t> offsets;
  for (const auto& partition : partitions_) {
    const auto range = TRY(consumer.Range(options_.topic, partition->number()));
    offsets[partition->number()] = TRY(StartOf(*partition, range, deadline));
  }
  return consumer.Assign(options_.topic, offsets);
}

/// The offset that `partition` is read from.
Result<std::int64_t> KafkaTopic::StartOf(KafkaPartition& partition, const KafkaRange& range,
                                         const Deadline& deadline) {
  const auto position = TRY(partition.Position(range, deadline));
  if (position > range.end) {
    return Fail(ErrorKind::kConflict,
                fmt::format("the table has partition {} up to offset {}, and the partition ends at "
                            "{}: the topic was made anew; feed it into another table or under "
                            "another name",
                            partition.number(), position, range.end));
  }
  partition.Begin(position);
  if (position >= range.first) return position;
  const auto gone = range.first - position;
  parts_.metrics
      .Counter("neuralake_ingest_kafka_lost_total",
               "Offsets that the topic dropped before they were read.", {{"topic", options_.topic}})
      .Increment(static_cast<double>(gone));
  parts_.log.Failure(
      "ingest",
      {ErrorKind::kNotFound,
       fmt::format("topic {} partition {}: offsets {} to {} were dropped before they were read; "
                   "the topic's retention is shorter than this process was behind",
                   options_.topic, partition.number(), position, range.first - 1),
       {}});
  return range.first;
}

Status KafkaTopic::Read(KafkaConsumer& consumer, TablePipeline& pipeline,
                        const Deadline& deadline) {
  auto look_at = parts_.clock.Mono() + options_.look_interval;
  while (!deadline.Expired() && !RestartWanted()) {
    // The client reads ahead up to a limit of its own and then stops asking the brokers.
    if (Full(pipeline)) {
      deadline.Sleep(kKafkaPoll);
      continue;
    }
    const auto batch = TRY(consumer.Poll());
    if (!batch->messages().empty()) {
      parts_.kills.Reach(kill_points::kAfterKafkaPoll);
      TRY(Take(*batch, deadline));
      Say(observe::Level::kInfo, fmt::format("is read: {} partitions", partitions_.size()));
    } else if (const auto trouble = consumer.trouble(); !trouble.empty()) {
      Say(observe::Level::kWarning, "waits: " + trouble);
    }
    ShowLag(consumer);
    if (parts_.clock.Mono() < look_at) continue;
    look_at = parts_.clock.Mono() + options_.look_interval;
    const auto count = consumer.Partitions(options_.topic);
    if (count.has_value() && std::cmp_greater(*count, partitions_.size())) return {};
    if (!count.has_value() && count.error().kind == ErrorKind::kNotFound) {
      return std::unexpected(count.error());
    }
  }
  return {};
}

Status KafkaTopic::Take(const KafkaBatch& batch, const Deadline& deadline) {
  std::map<std::int32_t, std::vector<KafkaMessage>> by_partition;
  for (const auto& message : batch.messages()) by_partition[message.partition].push_back(message);
  for (const auto& [number, messages] : by_partition) {
    auto& partition = *partitions_[static_cast<std::size_t>(number)];
    TRY(partition.Take(messages, parts_.clock, deadline));
  }
  parts_.metrics
      .Counter("neuralake_ingest_kafka_messages_total", "Messages that were read.",
               {{"topic", options_.topic}})
      .Increment(static_cast<double>(batch.messages().size()));
  return {};
}

void KafkaTopic::ShowLag(KafkaConsumer& consumer) {
  for (const auto& partition : partitions_) {
    const auto end = consumer.SeenEnd(options_.topic, partition->number());
    if (!end.has_value()) continue;
    parts_.metrics
        .Gauge("neuralake_ingest_kafka_lag_messages", "Offsets that are not read yet.",
               {{"topic", options_.topic}, {"partition", std::to_string(partition->number())}})
        .Set(static_cast<double>(std::max<std::int64_t>(0, *end - partition->next())));
  }
}

bool KafkaTopic::Full(const TablePipeline& pipeline) const {
  const auto state = pipeline.state();
  return state.bytes >= options_.pending_bytes_max || (state.rows > 0 && parts_.budget.full());
}

bool KafkaTopic::RestartWanted() const {
  return std::ranges::any_of(partitions_,
                             [](const auto& partition) { return partition->restart_wanted(); });
}

void KafkaTopic::Say(observe::Level level, const std::string& text) {
  if (text == said_) return;
  said_ = text;
  parts_.log.Write(level, "ingest", fmt::format("topic {} {}", options_.topic, text),
                   {{"table", options_.table}});
}

}  // namespace neuralake::ingest
