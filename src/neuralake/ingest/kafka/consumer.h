#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::ingest {

/// One message of a partition.
struct KafkaMessage {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::optional<std::string_view> payload{};  ///< Nothing for a tombstone. Valid with its batch.
};

/// Messages of one poll, in the order of each partition's offsets.
class KafkaBatch {
 public:
  virtual ~KafkaBatch() = default;
  virtual const std::vector<KafkaMessage>& messages() const = 0;
};

/// The offsets that a partition has: from `first` up to, without, `end`.
struct KafkaRange {
  std::int64_t first = 0;
  std::int64_t end = 0;
};

struct KafkaConsumerOptions {
  std::string brokers;                              ///< `host:port`, comma-separated.
  std::map<std::string, std::string> properties{};  ///< Of librdkafka, over ours.
};

/// Reads partitions of a topic from offsets that the caller knows: no consumer group, no offsets
/// kept by the broker, only messages of committed transactions.
///
/// \threads one thread at a time
class KafkaConsumer {
 public:
  virtual ~KafkaConsumer() = default;

  /// \errors kInvalid  a property that librdkafka does not take; says which and why
  static Result<std::unique_ptr<KafkaConsumer>> Open(const KafkaConsumerOptions& options);

  /// How many partitions `topic` has.
  /// \errors kNotFound  no such topic; kUnavailable  no broker answers
  virtual Result<std::int32_t> Partitions(const std::string& topic) = 0;

  /// The identity of the cluster.
  /// \errors kUnavailable  no broker answers
  virtual Result<std::string> Cluster() = 0;

  /// \errors kUnavailable  no broker answers
  virtual Result<KafkaRange> Range(const std::string& topic, std::int32_t partition) = 0;

  /// The end of the partition as the last poll has seen it; nothing before the first.
  virtual std::optional<std::int64_t> SeenEnd(const std::string& topic, std::int32_t partition) = 0;

  /// Read these partitions, each from its offset on.
  virtual Status Assign(const std::string& topic,
                        const std::map<std::int32_t, std::int64_t>& offsets) = 0;

  /// Up to `kKafkaBatchMax` messages that arrive within `kKafkaPoll`.
  /// \errors kNotFound     the topic or a partition is gone
  ///         kConflict     an offset that the partition does not have any more
  ///         kUnavailable  others that librdkafka does not get over by itself
  virtual Result<std::unique_ptr<KafkaBatch>> Poll() = 0;

  /// What librdkafka said last about its brokers (`… connection refused`); empty when all is well.
  virtual std::string trouble() const = 0;
};

}  // namespace neuralake::ingest
