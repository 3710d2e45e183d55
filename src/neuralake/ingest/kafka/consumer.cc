#include "neuralake/ingest/kafka/consumer.h"

#include <utility>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

constexpr int kAskMs = 3'000;

template <class T, void (*kDestroy)(T*)>
struct Destroy {
  void operator()(T* object) const { kDestroy(object); }
};
using Handle = std::unique_ptr<rd_kafka_t, Destroy<rd_kafka_t, rd_kafka_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroy<rd_kafka_queue_t, rd_kafka_queue_destroy>>;
using Topic = std::unique_ptr<rd_kafka_topic_t, Destroy<rd_kafka_topic_t, rd_kafka_topic_destroy>>;
using Config = std::unique_ptr<rd_kafka_conf_t, Destroy<rd_kafka_conf_t, rd_kafka_conf_destroy>>;
using PartitionList = std::unique_ptr<
    rd_kafka_topic_partition_list_t,
    Destroy<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>>;

std::unexpected<Error> KafkaError(rd_kafka_resp_err_t code, std::string_view what) {
  auto kind = ErrorKind::kUnavailable;
  switch (code) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      kind = ErrorKind::kNotFound;
      break;
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      kind = ErrorKind::kConflict;
      break;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      kind = ErrorKind::kPermissionDenied;
      break;
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      kind = ErrorKind::kUnauthenticated;
      break;
    default:
      break;
  }
  return Fail(kind, fmt::format("{}: {}", what, rd_kafka_err2str(code)));
}

class Batch final : public KafkaBatch {
 public:
  explicit Batch(std::vector<rd_kafka_message_t*> raw) : raw_(std::move(raw)) {}
  ~Batch() override {
    for (auto* message : raw_) rd_kafka_message_destroy(message);
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  /// Read the messages, up to the first that is an error. What lies behind it, of other partitions
  /// too, is lost with this batch: reading must begin again from what was taken.
  /// \returns  that error
  Status Read() {
    for (const auto* raw : raw_) {
      if (raw->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (raw->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) continue;
        return KafkaError(raw->err, fmt::format("partition {}", raw->partition));
      }
      KafkaMessage message{.partition = raw->partition, .offset = raw->offset};
      if (raw->payload != nullptr) {
        message.payload = std::string_view(static_cast<const char*>(raw->payload), raw->len);
      }
      messages_.push_back(message);
    }
    return {};
  }
  const std::vector<KafkaMessage>& messages() const override { return messages_; }

 private:
  const std::vector<rd_kafka_message_t*> raw_;
  std::vector<KafkaMessage> messages_;
};

class Consumer final : public KafkaConsumer {
 public:
  static Result<std::unique_ptr<KafkaConsumer>> Open(const KafkaConsumerOptions& options) {
    auto consumer = std::make_unique<Consumer>();
    Config config(rd_kafka_conf_new());
    std::map<std::string, std::string> properties = {
        // Assigning needs a group's name; nothing is ever kept under it.
        {"group.id", "neuralake-ingest"},        {"max.poll.interval.ms", "86400000"},
        {"queued.max.messages.kbytes", "16384"}, {"fetch.wait.max.ms", "100"},
        {"reconnect.backoff.max.ms", "1000"},
    };
    for (const auto& [name, value] : options.properties) properties[name] = value;
    // What exactly-once stands on is not to be chosen.
    properties["bootstrap.servers"] = options.brokers;
    properties["enable.auto.commit"] = "false";
    properties["enable.auto.offset.store"] = "false";
    properties["auto.offset.reset"] = "error";
    properties["isolation.level"] = "read_committed";
    properties["allow.auto.create.topics"] = "false";
    char why[512];
    for (const auto& [name, value] : properties) {
      if (rd_kafka_conf_set(config.get(), name.c_str(), value.c_str(), why, sizeof(why)) !=
          RD_KAFKA_CONF_OK) {
        return Fail(ErrorKind::kInvalid, fmt::format("kafka property {}: {}", name, why));
      }
    }
    rd_kafka_conf_set_opaque(config.get(), consumer.get());
    rd_kafka_conf_set_error_cb(config.get(), &Consumer::OnError);
    // Its own lines would go to standard error in a form of their own.
    rd_kafka_conf_set_log_cb(config.get(), nullptr);
    consumer->handle_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, config.get(), why, sizeof(why)));
    if (consumer->handle_ == nullptr) {
      return Fail(ErrorKind::kInvalid, fmt::format("no Kafka consumer: {}", why));
    }
    (void)config.release();  // the consumer has it
    consumer->queue_.reset(rd_kafka_queue_get_consumer(consumer->handle_.get()));
    return std::unique_ptr<KafkaConsumer>(std::move(consumer));
  }

  ~Consumer() override {
    queue_.reset();
    if (handle_ != nullptr) rd_kafka_consumer_close(handle_.get());
  }

  Result<std::int32_t> Partitions(const std::string& topic) override {
    rd_kafka_poll(handle_.get(), 0);
    const Topic named(rd_kafka_topic_new(handle_.get(), topic.c_str(), nullptr));
    if (named == nullptr) return KafkaError(rd_kafka_last_error(), "topic " + topic);
    const rd_kafka_metadata_t* metadata = nullptr;
    const auto code = rd_kafka_metadata(handle_.get(), 0, named.get(), &metadata, kAskMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(code, "asking the brokers");
    const auto partitions = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
    const auto failed = metadata->topic_cnt == 1 ? metadata->topics[0].err
                                                 : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    rd_kafka_metadata_destroy(metadata);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(failed, "topic " + topic);
    if (partitions == 0) return Fail(ErrorKind::kNotFound, "topic " + topic + " has no partitions");
    return partitions;
  }

  Result<std::string> Cluster() override {
    char* id = rd_kafka_clusterid(handle_.get(), kAskMs);
    if (id == nullptr) return Fail(ErrorKind::kUnavailable, "no broker answers");
    std::string text(id);
    rd_kafka_mem_free(handle_.get(), id);
    return text;
  }

  Result<KafkaRange> Range(const std::string& topic, std::int32_t partition) override {
    KafkaRange range;
    const auto code = rd_kafka_query_watermark_offsets(handle_.get(), topic.c_str(), partition,
                                                       &range.first, &range.end, kAskMs);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return range;
    return KafkaError(code, fmt::format("the offsets of topic {} partition {}", topic, partition));
  }

  std::optional<std::int64_t> SeenEnd(const std::string& topic, std::int32_t partition) override {
    std::int64_t first = 0;
    std::int64_t end = 0;
    const auto code =
        rd_kafka_get_watermark_offsets(handle_.get(), topic.c_str(), partition, &first, &end);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR || end < 0) return std::nullopt;
    return end;
  }

  Status Assign(const std::string& topic,
                const std::map<std::int32_t, std::int64_t>& offsets) override {
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
    for (const auto& [partition, offset] : offsets) {
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
    }
    failed_.reset();
    const auto code = rd_kafka_assign(handle_.get(), list.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(code, "assigning topic " + topic);
    return {};
  }

  Result<std::unique_ptr<KafkaBatch>> Poll() override {
    if (failed_) return std::unexpected(*std::exchange(failed_, std::nullopt));
    rd_kafka_poll(handle_.get(), 0);
    std::vector<rd_kafka_message_t*> raw(kKafkaBatchMax);
    const auto got = rd_kafka_consume_batch_queue(
        queue_.get(), static_cast<int>(kKafkaPoll.count()), raw.data(), raw.size());
    if (got < 0) return KafkaError(rd_kafka_last_error(), "reading messages");
    raw.resize(static_cast<std::size_t>(got));
    auto batch = std::make_unique<Batch>(std::move(raw));
    const auto read = batch->Read();
    if (!read && batch->messages().empty()) return std::unexpected(read.error());
    // The messages before it count; the next poll tells the error, and the caller begins anew.
    if (!read) failed_ = read.error();
    if (!batch->messages().empty()) {
      std::lock_guard lock(mutex_);
      trouble_.clear();
    }
    return batch;
  }

  std::string trouble() const override {
    std::lock_guard lock(mutex_);
    return trouble_;
  }

 private:
  static void OnError(rd_kafka_t* /*handle*/, int code, const char* reason, void* opaque) {
    auto* self = static_cast<Consumer*>(opaque);
    std::lock_guard lock(self->mutex_);
    self->trouble_ =
        fmt::format("{}: {}", rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code)), reason);
  }

  Handle handle_;
  Queue queue_;
  std::optional<Error> failed_;  // behind the messages of the last poll
  mutable std::mutex mutex_;
  std::string trouble_;  // guarded by mutex_
};

}  // namespace

Result<std::unique_ptr<KafkaConsumer>> KafkaConsumer::Open(const KafkaConsumerOptions& options) {
  return Consumer::Open(options);
}

}  // namespace neuralake::ingest
