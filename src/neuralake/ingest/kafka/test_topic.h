#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "neuralake/ingest/kafka/consumer.h"

namespace neuralake::ingest {

/// For tests: a topic of one partition in memory, whose messages are events with their offset as
/// `id`.
///
/// \threads safe from any thread; `first` to `during_poll` are set before it is read
class TestTopic {
 public:
  std::int64_t first = 0;
  std::int64_t poll_messages = 2;       ///< That one poll gives at most.
  std::function<void()> during_poll{};  ///< Called in each poll.

  void Grow(std::int64_t messages);

  std::unique_ptr<KafkaConsumer> Consumer();

  /// The messages with the offsets from `from` up to, without, `to`.
  static std::unique_ptr<KafkaBatch> Messages(std::int64_t from, std::int64_t to);

  std::atomic<int> polls = 0;      ///< That gave messages.
  std::atomic<int> consumers = 0;  ///< That read it now.

 private:
  class Reader;

  std::mutex mutex_;
  std::int64_t count_ = 0;  // guarded by mutex_
};

/// Wait until `condition`; false when it does not come within a minute.
bool Until(const std::function<bool()>& condition);

}  // namespace neuralake::ingest
