#include "neuralake/ingest/table/pending_budget.h"

#include <future>
#include <optional>
#include <stop_token>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::ingest {
namespace {

using testing::HasSubstr;

Decoded Rows(std::uint64_t bytes) {
  Decoded decoded;
  decoded.bytes = bytes;
  return decoded;
}

Deadline Now() { return Deadline::After(Duration{0}); }

TEST(PendingBudget, CountsRowsForAsLongAsAnybodyHoldsThem) {
  PendingBudget budget(100);
  auto kept = budget.Keep(Rows(60));
  auto other = kept;
  kept.reset();
  EXPECT_EQ(budget.bytes(), 60U);
  other.reset();
  EXPECT_EQ(budget.bytes(), 0U);
}

TEST(PendingBudget, KeepsNoMoreThanFitsUnlessItMust) {
  PendingBudget budget(100);
  const auto first = budget.KeepIfItFits(Rows(60));
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(budget.KeepIfItFits(Rows(41)), nullptr);
  EXPECT_EQ(budget.bytes(), 60U);
  EXPECT_FALSE(budget.full());
  const auto second = budget.KeepIfItFits(Rows(40));
  EXPECT_NE(second, nullptr);
  EXPECT_TRUE(budget.full());
  const auto third = budget.Keep(Rows(10));
  EXPECT_EQ(budget.bytes(), 110U);
}

TEST(PendingBudget, LetsBodiesBeDecodedWhileTheyFit) {
  PendingBudget budget(0, 100);
  std::optional<PendingBudget::Turn> first = budget.AwaitTurn(60, Now()).value();
  const auto second = budget.AwaitTurn(40, Now()).value();
  const auto refused = budget.AwaitTurn(1, Now());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_THAT(refused.error().message, HasSubstr("100 bytes are being decoded"));
  first.reset();
  EXPECT_TRUE(budget.AwaitTurn(60, Now()).has_value());
}

TEST(PendingBudget, DecodesABodyThatIsLargerThanAllRoomAlone) {
  PendingBudget budget(0, 100);
  {
    const auto large = budget.AwaitTurn(1000, Now()).value();
    EXPECT_FALSE(budget.AwaitTurn(1, Now()).has_value());
  }
  const auto small = budget.AwaitTurn(1, Now()).value();
  EXPECT_FALSE(budget.AwaitTurn(1000, Now()).has_value());
}

TEST(PendingBudget, ASmallBodyDoesNotPassALargeOneThatWaits) {
  PendingBudget budget(0, 100);
  std::optional<PendingBudget::Turn> first = budget.AwaitTurn(60, Now()).value();
  auto large = std::async(std::launch::async, [&] {
    const auto turn = budget.AwaitTurn(100, Deadline::Never());
    return turn.has_value();
  });
  // It is in line once a small one, for which there is room, does not come any more.
  while (budget.AwaitTurn(1, Now()).has_value()) std::this_thread::yield();
  first.reset();
  EXPECT_TRUE(large.get());
  EXPECT_TRUE(budget.AwaitTurn(1, Now()).has_value());
}

TEST(PendingBudget, AStopEndsTheWait) {
  PendingBudget budget(0, 100);
  const auto first = budget.AwaitTurn(100, Now()).value();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(budget.AwaitTurn(1, Deadline::Never(stop.get_token())).error().kind,
            ErrorKind::kCancelled);
}

}  // namespace
}  // namespace neuralake::ingest
