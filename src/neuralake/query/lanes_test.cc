#include "neuralake/query/lanes.h"

#include <array>
#include <atomic>
#include <future>
#include <latch>

#include <gtest/gtest.h>

namespace neuralake::query {
namespace {

using namespace std::chrono_literals;

constexpr auto kBound = 10s;

/// A step that runs until it is let go.
struct Held {
  std::promise<void> go;
  std::promise<void> started;
  std::shared_future<void> gate = go.get_future().share();
  Step step() {
    return [this] {
      started.set_value();
      gate.wait();
    };
  }
  bool WaitStarted() { return started.get_future().wait_for(kBound) == std::future_status::ready; }
};

TEST(Lanes, RunsAStep) {
  Lanes lanes({});
  std::promise<void> done;
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), [&] { done.set_value(); }));
  EXPECT_EQ(done.get_future().wait_for(kBound), std::future_status::ready);
}

TEST(Lanes, LetsShortOnesPassWhenTheLongLaneIsFull) {
  Lanes lanes({.short_slots = 1, .long_slots = 1});
  Held long_one;
  ASSERT_TRUE(lanes.Begin(Lane::kLong, Deadline(), long_one.step()));
  ASSERT_TRUE(long_one.WaitStarted());
  std::atomic<bool> second = false;
  ASSERT_TRUE(lanes.Begin(Lane::kLong, Deadline(), [&] { second = true; }));
  std::promise<void> done;
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), [&] { done.set_value(); }));
  EXPECT_EQ(done.get_future().wait_for(kBound), std::future_status::ready);
  EXPECT_FALSE(second);
  EXPECT_EQ(lanes.load().waiting[1], 1u);
  long_one.go.set_value();
}

TEST(Lanes, CountsAnAgedStepInTheLongLane) {
  Lanes lanes({.short_slots = 1, .long_slots = 1, .short_time_max = 1ms});
  Held slow;
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), slow.step()));
  ASSERT_TRUE(slow.WaitStarted());
  std::promise<void> done;
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), [&] { done.set_value(); }));
  EXPECT_EQ(done.get_future().wait_for(kBound), std::future_status::ready);
  EXPECT_EQ(lanes.load().running[1], 1u);
  slow.go.set_value();
}

TEST(Lanes, RunsAllThatWaitBehindOneAgedStep) {
  Lanes lanes({.short_slots = 2, .long_slots = 2, .short_time_max = 1ms});
  Held a;
  Held b;
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), a.step()));
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), b.step()));
  ASSERT_TRUE(a.WaitStarted() && b.WaitStarted());
  std::latch both(2);
  const auto meet = [&] { both.arrive_and_wait(); };
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), meet));
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), meet));
  both.wait();
  a.go.set_value();
  b.go.set_value();
}

TEST(Lanes, LetsAShortOnePassHoweverManyBecomeLong) {
  constexpr std::size_t kMost = 8;
  Lanes lanes({.short_slots = 2, .long_slots = 1, .long_most = kMost, .short_time_max = 1ms});
  std::array<Held, kMost> slow;
  for (Held& one : slow) {
    ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), one.step()));
    ASSERT_TRUE(one.WaitStarted());
  }
  std::promise<void> done;
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), [&] { done.set_value(); }));
  EXPECT_EQ(done.get_future().wait_for(kBound), std::future_status::ready);
  std::atomic<bool> began = false;
  ASSERT_TRUE(lanes.Begin(Lane::kLong, Deadline(), [&] { began = true; }));
  EXPECT_EQ(lanes.load().waiting[1], 1u);
  EXPECT_FALSE(began);
  for (Held& one : slow) one.go.set_value();
}

TEST(Lanes, RefusesBeyondTheBoundButNotLaterSteps) {
  Lanes lanes({.short_slots = 1, .long_slots = 1, .waiting_max = 1, .short_time_max = 1h});
  Held held;
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), held.step()));
  ASSERT_TRUE(held.WaitStarted());
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), [] {}));
  const Status full = lanes.Begin(Lane::kShort, Deadline(), [] {});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::kResourceExhausted);
  std::promise<void> done;
  lanes.Continue(Lane::kShort, Deadline(), [&] { done.set_value(); });
  held.go.set_value();
  EXPECT_EQ(done.get_future().wait_for(kBound), std::future_status::ready);
}

TEST(Lanes, RunsAStoppedStepWithoutASlot) {
  Lanes lanes({.short_slots = 1, .long_slots = 1, .short_time_max = 1h});
  Held held;
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), held.step()));
  ASSERT_TRUE(held.WaitStarted());
  std::stop_source stop;
  bool ran = false;
  ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline::Never(stop.get_token()), [&] { ran = true; }));
  lanes.RunExpired();
  EXPECT_FALSE(ran);
  stop.request_stop();
  lanes.RunExpired();
  EXPECT_TRUE(ran);
  held.go.set_value();
}

TEST(Lanes, DropsWhatWaitsWhenClosed) {
  bool ran = false;
  Held held;
  {
    Lanes lanes({.short_slots = 1, .long_slots = 1, .short_time_max = 1h});
    ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), held.step()));
    ASSERT_TRUE(held.WaitStarted());
    ASSERT_TRUE(lanes.Begin(Lane::kShort, Deadline(), [&] { ran = true; }));
    lanes.Close();
    EXPECT_FALSE(lanes.Begin(Lane::kShort, Deadline(), [] {}));
    held.go.set_value();
  }
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace neuralake::query
