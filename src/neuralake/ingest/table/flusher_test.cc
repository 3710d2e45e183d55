#include "neuralake/ingest/table/flusher.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/ingest/test_lake.h"

namespace neuralake::ingest {
namespace {

using testing::ElementsAre;

constexpr std::chrono::seconds kLimit{60};

TEST(Flusher, FlushesATableWhenItsTimeHasCome) {
  TestLake lake;
  const auto process = lake.Start();
  std::promise<Status> flushed;
  auto ended = flushed.get_future();
  Flusher flusher(
      *process->tables, 2,
      [&](const IngestTable&, const Status& status) { flushed.set_value(status); }, lake.clock);
  ASSERT_TRUE(TestLake::Push(*process, {1, 2}).has_value());
  EXPECT_EQ(ended.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  lake.clock.Advance(std::chrono::seconds(1));
  flusher.Wake();
  ASSERT_EQ(ended.wait_for(kLimit), std::future_status::ready);
  EXPECT_TRUE(ended.get().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2"));
}

TEST(Flusher, DrainFlushesWhatIsNotDueYet) {
  TestLake lake;
  TestLake::Options options;
  options.flush.rows = 2;
  const auto process = lake.Start(options);
  Flusher flusher(*process->tables, 2, [](const IngestTable&, const Status&) {}, lake.clock);
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(flusher.Drain(Long()).has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1"));
  // Nobody flushes any more; a second call takes what came since, however many flushes it takes.
  for (int id = 2; id <= 6; ++id) ASSERT_TRUE(TestLake::Push(*process, {id}).has_value());
  ASSERT_TRUE(flusher.Drain(Long()).has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3", "4", "5", "6"));
}

TEST(Flusher, DrainSaysThatRowsAreLeftWhenTheStoreIsAway) {
  TestLake lake;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  {
    Flusher flusher(*process->tables, 1, [](const IngestTable&, const Status&) {}, lake.clock);
    ASSERT_TRUE(lake.store()
                    .Inject({.fault = storage::Fault::kDeny, .times = storage::FaultRule::kAlways})
                    .has_value());
    const auto drained = flusher.Drain(Deadline::After(std::chrono::milliseconds(20)));
    ASSERT_FALSE(drained.has_value());
    EXPECT_EQ(drained.error().kind, ErrorKind::kDeadlineExceeded);
    lake.store().Heal();
  }
  process = lake.Restart(std::move(process));
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1"));
}

}  // namespace
}  // namespace neuralake::ingest
