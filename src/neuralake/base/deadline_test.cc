#include "neuralake/base/deadline.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace neuralake {
namespace {

using namespace std::chrono_literals;

TEST(Deadline, ExpiresOnItsClock) {
  FakeClock clock;
  const auto deadline = Deadline::After(10ms, {}, clock);
  EXPECT_TRUE(deadline.Check("x").has_value());
  clock.Advance(10ms);
  EXPECT_EQ(deadline.Check("reading").error().message, "reading ran out of time");
}

TEST(Deadline, WithinNeverReachesPastTheOuterOne) {
  FakeClock clock;
  const auto outer = Deadline::After(10ms, {}, clock);
  EXPECT_EQ(outer.Within(1h).Left(), 10ms);
  EXPECT_EQ(outer.Within(3ms).Left(), 3ms);
}

TEST(Deadline, SleepSaysWhetherTheWholeTimePassed) {
  FakeClock clock;
  const auto deadline = Deadline::After(10ms, {}, clock);
  EXPECT_TRUE(deadline.Sleep(4ms));
  EXPECT_FALSE(deadline.Sleep(7ms));
}

TEST(Deadline, AStopRequestIsACancellation) {
  std::stop_source source;
  const auto deadline = Deadline::Never(source.get_token());
  EXPECT_TRUE(deadline.Check("x").has_value());
  source.request_stop();
  EXPECT_EQ(deadline.Check("x").error().kind, ErrorKind::kCancelled);
}

TEST(Deadline, SleepWithoutLimitEndsOnlyByAStopRequest) {
  std::stop_source source;
  const auto deadline = Deadline::Never(source.get_token());
  std::promise<void> asleep;
  std::jthread sleeper([&] {
    asleep.set_value();
    EXPECT_FALSE(deadline.Sleep(Duration::max()));
    EXPECT_TRUE(source.stop_requested());
  });
  asleep.get_future().wait();
  source.request_stop();
}

}  // namespace
}  // namespace neuralake
