#include "neuralake/ingest/kafka/test_topic.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

namespace neuralake::ingest {

namespace {

class Batch final : public KafkaBatch {
 public:
  Batch(std::int64_t from, std::int64_t to) {
    for (auto offset = from; offset < to; ++offset) {
      texts_.push_back(fmt::format("{{\"id\":{}}}", offset));
    }
    for (const auto& text : texts_) {
      messages_.push_back({.partition = 0, .offset = from++, .payload = text});
    }
  }
  const std::vector<KafkaMessage>& messages() const override { return messages_; }

 private:
  std::vector<std::string> texts_;
  std::vector<KafkaMessage> messages_;
};

}  // namespace

class TestTopic::Reader final : public KafkaConsumer {
 public:
  explicit Reader(TestTopic& topic) : topic_(topic) { ++topic_.consumers; }
  ~Reader() override { --topic_.consumers; }

  Result<std::int32_t> Partitions(const std::string& /*topic*/) override { return 1; }
  Result<std::string> Cluster() override { return "cluster"; }
  Result<KafkaRange> Range(const std::string& /*topic*/, std::int32_t /*partition*/) override {
    std::lock_guard lock(topic_.mutex_);
    return KafkaRange{topic_.first, topic_.first + topic_.count_};
  }
  std::optional<std::int64_t> SeenEnd(const std::string& /*topic*/,
                                      std::int32_t /*partition*/) override {
    return std::nullopt;
  }
  Status Assign(const std::string& /*topic*/,
                const std::map<std::int32_t, std::int64_t>& offsets) override {
    next_ = offsets.at(0);
    return {};
  }
  Result<std::unique_ptr<KafkaBatch>> Poll() override {
    if (topic_.during_poll) topic_.during_poll();
    std::lock_guard lock(topic_.mutex_);
    const auto from = next_;
    next_ = std::min(topic_.first + topic_.count_, from + topic_.poll_messages);
    if (next_ > from) ++topic_.polls;
    return Messages(from, next_);
  }
  std::string trouble() const override { return ""; }

 private:
  TestTopic& topic_;
  std::int64_t next_ = 0;
};

void TestTopic::Grow(std::int64_t messages) {
  std::lock_guard lock(mutex_);
  count_ += messages;
}

std::unique_ptr<KafkaConsumer> TestTopic::Consumer() { return std::make_unique<Reader>(*this); }

std::unique_ptr<KafkaBatch> TestTopic::Messages(std::int64_t from, std::int64_t to) {
  return std::make_unique<Batch>(from, to);
}

bool Until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace neuralake::ingest
