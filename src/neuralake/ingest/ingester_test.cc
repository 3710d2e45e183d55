#include "neuralake/ingest/ingester.h"

#include <atomic>
#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/base/uuid.h"
#include "neuralake/ingest/kafka/test_topic.h"
#include "neuralake/ingest/push_client.h"
#include "neuralake/ingest/test_lake.h"

namespace neuralake::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class IngesterTest : public testing::Test {
 protected:
  IngesterTest() { std::filesystem::create_directories(folder_); }
  ~IngesterTest() override {
    ingester_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Start(IngesterOptions options = {}) {
    options.socket = socket_;
    options.push.wal = {.segment_bytes = 16 << 10, .bytes_max = 1 << 20};
    options.flush.interval = std::chrono::milliseconds(1);
    auto started = Ingester::Start(
        options, {.folder = std::make_shared<TestFolder>(lake_.disk),
                  .catalog = lake_.catalog,
                  .open = [this](const std::string& uri) -> Result<std::shared_ptr<delta::Table>> {
                    return lake_.Open(uri.substr(uri.rfind('/') + 1));
                  },
                  .metrics = metrics_,
                  .log = log_,
                  .kills = KillSwitch::Off(),
                  .clock = SystemClock::Get(),
                  .rng = lake_.rng});
    ASSERT_TRUE(started.has_value()) << Describe(started.error());
    ingester_ = *std::move(started);
  }

  KafkaTopicOptions Reading(TestTopic& topic, const std::string& name) {
    return {
        .topic = name,
        .table = "lake.events",
        .open = [&topic](const KafkaConsumerOptions&) -> Result<std::unique_ptr<KafkaConsumer>> {
          return topic.Consumer();
        }};
  }

  Result<PushAnswer> Push(std::string_view body) {
    PushClient client(socket_);
    return client.Push({.database = "lake",
                        .table = "events",
                        .content_type = "application/x-ndjson",
                        .idempotency_key = "",
                        .body = body},
                       Long());
  }

  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("ingester_" + RandomUuid())).string();
  const std::string socket_ = folder_ + "/ingest.sock";
  TestLake lake_;
  observe::Metrics metrics_;
  observe::Log log_{"", observe::Level::kWarning};
  TestTopic first_;
  TestTopic second_;
  std::unique_ptr<Ingester> ingester_;
};

TEST_F(IngesterTest, RowsOfPushesAndTopicsComeIntoTheTable) {
  first_.Grow(3);
  Start({.socket = "", .topics = {Reading(first_, "topic")}});
  ASSERT_TRUE(Push("{\"id\":7}").has_value());
  ASSERT_TRUE(Until([&] { return lake_.Ids().size() == 4; }));
  EXPECT_THAT(lake_.Ids(), ElementsAre("0", "1", "2", "7"));
}

TEST_F(IngesterTest, EndsWithoutWaitingForAFlushThatHangs) {
  Start({.socket = "", .topics = {Reading(first_, "topic")}});
  ASSERT_TRUE(Push("{\"id\":1}").has_value());
  ASSERT_TRUE(Until([&] { return lake_.Ids().size() == 1; }));
  ASSERT_TRUE(lake_.store()
                  .Inject({.operation = storage::Operation::kPutIfAbsent,
                           .fault = storage::Fault::kHang,
                           .times = storage::FaultRule::kAlways})
                  .has_value());
  first_.Grow(1);
  ASSERT_TRUE(Until([&] { return lake_.store().counts().faults > 0; }));
  const auto began = std::chrono::steady_clock::now();
  ingester_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, kFlushAttempt / 2);
}

TEST_F(IngesterTest, TopicsStopTogether) {
  std::atomic<bool> waits = false;
  bool together = true;
  first_.during_poll = [&] {
    if (second_.consumers == 0) return;
    waits = true;
    together = Until([&] { return second_.consumers == 0; }) && together;
  };
  Start({.socket = "", .topics = {Reading(first_, "first"), Reading(second_, "second")}});
  ASSERT_TRUE(Until([&] { return waits.load(); }));
  ASSERT_TRUE(ingester_->Drain(Long()).has_value());
  EXPECT_TRUE(together);
}

TEST_F(IngesterTest, SaysThatATableInUseIsElsewhereNow) {
  Start();
  ASSERT_TRUE(Push("{\"id\":1}").has_value());
  auto moved = std::make_shared<catalog::CatalogModel>(*lake_.catalog);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(ingester_->Replace(moved));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), IsEmpty());
  moved = std::make_shared<catalog::CatalogModel>(*moved);
  moved->databases[0].tables[0].uri = "memory://lake/moved";
  testing::internal::CaptureStderr();
  EXPECT_FALSE(ingester_->Replace(moved));
  const auto told = testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, HasSubstr("table=lake.events was=memory://lake/events is=memory://lake/moved"));
}

}  // namespace
}  // namespace neuralake::ingest
