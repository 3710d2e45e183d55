#include "neuralake/base/bounded_queue.h"

#include <thread>

#include <gtest/gtest.h>

namespace neuralake {
namespace {

TEST(BoundedQueue, TurnsAwayWhenFull) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.TryPush(1));
  EXPECT_TRUE(queue.TryPush(2));
  EXPECT_FALSE(queue.TryPush(3));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_TRUE(queue.TryPush(3));
}

TEST(BoundedQueue, DrainsAfterClose) {
  BoundedQueue<int> queue(2);
  queue.TryPush(1);
  queue.Close();
  EXPECT_FALSE(queue.TryPush(2));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

TEST(BoundedQueue, AStopWakesTheWaiter) {
  BoundedQueue<int> queue(1);
  std::stop_source source;
  std::jthread waiter([&] { EXPECT_EQ(queue.Pop(source.get_token()), std::nullopt); });
  source.request_stop();
}

}  // namespace
}  // namespace neuralake
