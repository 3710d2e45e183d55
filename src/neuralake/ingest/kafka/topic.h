#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/ingest/kafka/consumer.h"
#include "neuralake/ingest/kafka/partition.h"
#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/table/table_directory.h"
#include "neuralake/observe/log.h"
#include "neuralake/observe/metrics.h"

namespace neuralake::ingest {

struct KafkaTopicOptions {
  KafkaConsumerOptions consumer{};
  std::string topic;
  std::string table;  ///< `database.table`.
  std::uint64_t pending_bytes_max = kKafkaPendingBytesMax;
  /// How often it is asked for new partitions.
  std::chrono::milliseconds look_interval = kKafkaMetadataInterval;
  /// Makes its consumers, one after the other.
  std::function<Result<std::unique_ptr<KafkaConsumer>>(const KafkaConsumerOptions&)> open =
      KafkaConsumer::Open;
};

/// Feeds a topic into a table, for as long as it lives: reads each partition from where the table
/// is, goes on when brokers, topic or table come back, and takes new partitions in.
///
/// What stands in the way is told once, not at each attempt.
/// \threads `Stop` and `RequestStop` from any thread
class KafkaTopic {
 public:
  /// What it stands on; outlives it.
  struct Parts {
    TableDirectory& tables;
    PendingBudget& budget;
    KillSwitch& kills;
    observe::Log& log;
    observe::Metrics& metrics;
    Clock& clock;
  };

  KafkaTopic(KafkaTopicOptions options, const Parts& parts);
  /// As `Stop`; rows that wait are dropped, the topic has them.
  ~KafkaTopic();

  /// Read no more. Rows that were read wait for their flush.
  void Stop();

  /// Begin to stop, without waiting: several topics end in the time of the slowest.
  void RequestStop() { thread_.request_stop(); }

 private:
  void Run(const std::stop_token& stop);
  Status ReadOnce(const Deadline& deadline);
  Status Join(KafkaConsumer& consumer, TablePipeline& pipeline, const Deadline& deadline);
  Result<std::int64_t> StartOf(KafkaPartition& partition, const KafkaRange& range,
                               const Deadline& deadline);
  Status Read(KafkaConsumer& consumer, TablePipeline& pipeline, const Deadline& deadline);
  Status Take(const KafkaBatch& batch, const Deadline& deadline);
  void ShowLag(KafkaConsumer& consumer);
  bool Full(const TablePipeline& pipeline) const;
  bool RestartWanted() const;
  void Say(observe::Level level, const std::string& text);

  const KafkaTopicOptions options_;
  const Parts parts_;
  // Of the thread alone.
  std::vector<std::unique_ptr<KafkaPartition>> partitions_;  // by number
  std::string said_;

  std::jthread thread_;
};

}  // namespace neuralake::ingest
