#include "neuralake/ingest/kafka/topic.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/ingest/kafka/test_topic.h"
#include "neuralake/ingest/test_lake.h"

namespace neuralake::ingest {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

/// A topic that is read into `lake.events`; the test flushes.
class KafkaTopicTest : public testing::Test {
 protected:
  std::unique_ptr<KafkaTopic> Read(std::uint64_t pending_bytes_max = kKafkaPendingBytesMax) {
    const KafkaTopicOptions options{
        .topic = "topic",
        .table = "lake.events",
        .pending_bytes_max = pending_bytes_max,
        .open = [this](const KafkaConsumerOptions&) -> Result<std::unique_ptr<KafkaConsumer>> {
          return topic_.Consumer();
        }};
    return std::make_unique<KafkaTopic>(options, KafkaTopic::Parts{.tables = *process_->tables,
                                                                   .budget = *process_->budget,
                                                                   .kills = KillSwitch::Off(),
                                                                   .log = log_,
                                                                   .metrics = metrics_,
                                                                   .clock = lake_.clock});
  }

  /// Whether the topic's thread has looked often since and found no room: a look moves the time.
  bool Pauses() {
    const auto since = lake_.clock.Mono();
    return Until([&] { return lake_.clock.Mono() - since > 20 * kKafkaPoll; });
  }
  std::int64_t rows() const { return process_->pipeline().state().rows; }

  TestLake lake_;
  std::unique_ptr<TestLake::Process> process_ = lake_.Start();
  TestTopic topic_;
  observe::Log log_{"", observe::Level::kError};
  observe::Metrics metrics_;
};

TEST_F(KafkaTopicTest, IsNotReadWhileTooMuchOfItWaits) {
  topic_.Grow(100);
  // Each message has 8 bytes: two polls of two are at the limit.
  const auto reading = Read(/*pending_bytes_max=*/32);
  ASSERT_TRUE(Until([&] { return rows() >= 4; }));
  ASSERT_TRUE(Pauses());
  EXPECT_EQ(topic_.polls, 2);
  EXPECT_EQ(rows(), 4);
  // Goes on once rows are committed, and pauses again.
  ASSERT_TRUE(process_->Flush().has_value());
  ASSERT_TRUE(Until([&] { return rows() >= 4; }));
  ASSERT_TRUE(Pauses());
  EXPECT_EQ(topic_.polls, 4);
  reading->Stop();
  ASSERT_TRUE(process_->Flush().has_value());
  EXPECT_THAT(lake_.Ids(), ElementsAre("0", "1", "2", "3", "4", "5", "6", "7"));
}

TEST_F(KafkaTopicTest, IsNotReadWhileThereIsNoMemory) {
  topic_.Grow(100);
  Decoded large;
  large.bytes = 1 << 20;
  auto others = process_->budget->Keep(std::move(large));
  const auto reading = Read();
  // Without a row that waits, no flush would make room: one poll is taken all the same.
  ASSERT_TRUE(Until([&] { return rows() >= 2; }));
  ASSERT_TRUE(Pauses());
  EXPECT_EQ(topic_.polls, 1);
  others.reset();
  ASSERT_TRUE(Until([&] { return rows() == 100; }));
}

TEST_F(KafkaTopicTest, ReadsAgainWhatWasDroppedBeforeItsFirstCommit) {
  topic_.first = 10;
  topic_.Grow(4);
  const auto reading = Read();
  ASSERT_TRUE(Until([&] { return rows() == 4; }));
  // The schema changes before a flush: what was decoded is dropped, and the topic is asked again.
  const auto table = lake_.Open("events");
  const auto latest = table->Latest(Long()).value();
  auto metadata = latest->metadata();
  metadata.schema = columnar::ParseDdl("id long, name string, more string").value();
  metadata.schema_text = columnar::FormatSchemaJson(metadata.schema);
  delta::CommitRequest request;
  request.actions = {metadata};
  request.info.operation = "TEST";
  ASSERT_TRUE(table->Commit(latest, std::move(request), Long()).has_value());
  topic_.Grow(2);
  ASSERT_TRUE(Until([&] {
    (void)process_->Flush();
    return lake_.Ids().size() == 6;
  }));
  EXPECT_THAT(lake_.Ids(), ElementsAre("10", "11", "12", "13", "14", "15"));
}

TEST_F(KafkaTopicTest, MessagesAreTakenInPiecesThatAreCommittedApart) {
  process_.reset();
  TestLake::Options options;
  options.flush.decoded_bytes_max = 1;  // one piece a flush
  process_ = lake_.Start(options);
  KafkaPartition partition(process_->pipeline(), "cluster", "topic", 1, /*piece_bytes_max=*/100);
  partition.Begin(5);
  // Each has 8 bytes, and its row 19 more: the limit is passed by the fourth.
  const auto batch = TestTopic::Messages(5, 14);
  ASSERT_TRUE(partition.Take(batch->messages(), lake_.clock, Long()).has_value());
  EXPECT_EQ(partition.next(), 14);
  for (const std::size_t rows : {4, 8, 9}) {
    ASSERT_TRUE(process_->Flush().has_value());
    EXPECT_THAT(lake_.Ids(), SizeIs(rows));
  }
  EXPECT_EQ(process_->pipeline().PositionOf(partition, Long()).value(), 14);
}

/// One partition without its topic's thread.
class KafkaPartitionTest : public KafkaTopicTest {
 protected:
  void Take(std::int64_t from, std::int64_t to) {
    const auto batch = TestTopic::Messages(from, to);
    ASSERT_TRUE(partition_.Take(batch->messages(), lake_.clock, Long()).has_value());
  }

  KafkaPartition partition_{process_->pipeline(), "cluster", "topic", 0};
};

TEST_F(KafkaPartitionTest, AsksAgainWhereTheTableIsWhenItCouldNotTell) {
  const KafkaRange range{.first = 5, .end = 20};
  EXPECT_EQ(partition_.Position(range, Long()).value(), 5);
  partition_.Begin(5);
  Take(5, 8);
  partition_.Restart(5);
  ASSERT_TRUE(lake_.store()
                  .Inject({.fault = storage::Fault::kDeny, .times = storage::FaultRule::kAlways})
                  .has_value());
  ASSERT_FALSE(partition_.Position(range, Long()).has_value());
  lake_.store().Heal();
  // What waited is gone: going on behind it would leave it out.
  EXPECT_EQ(partition_.Position(range, Long()).value(), 5);
}

TEST_F(KafkaPartitionTest, BeginsAgainWhereItBeganWhileTheTableHasNoPosition) {
  partition_.Begin(partition_.Position({.first = 5, .end = 20}, Long()).value());
  Take(5, 8);
  partition_.Restart(5);
  // Offsets that the topic dropped since are to be told as lost.
  EXPECT_EQ(partition_.Position({.first = 7, .end = 20}, Long()).value(), 5);
  // Made anew, it has nothing of before.
  partition_.Restart(5);
  EXPECT_EQ(partition_.Position({.first = 0, .end = 2}, Long()).value(), 0);
}

TEST_F(KafkaPartitionTest, GoesOnBehindWhatWaitsWhenOnlyTheConsumerIsNew) {
  partition_.Begin(partition_.Position({.first = 5, .end = 20}, Long()).value());
  Take(5, 8);
  EXPECT_EQ(partition_.Position({.first = 5, .end = 20}, Long()).value(), 8);
  partition_.Begin(8);
  Take(8, 10);
  ASSERT_TRUE(process_->Flush().has_value());
  EXPECT_THAT(lake_.Ids(), SizeIs(5));
}

}  // namespace
}  // namespace neuralake::ingest
