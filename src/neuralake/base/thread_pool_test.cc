#include "neuralake/base/thread_pool.h"

#include <atomic>

#include <gtest/gtest.h>

namespace neuralake {
namespace {

TEST(ThreadPool, ForEachRunsEveryStep) {
  ThreadPool pool(4, 2);
  std::atomic<int> sum = 0;
  ASSERT_TRUE(pool.ForEach(100,
                           [&](std::size_t i) -> Status {
                             sum += static_cast<int>(i);
                             return {};
                           })
                  .has_value());
  EXPECT_EQ(sum, 4950);
}

TEST(ThreadPool, ForEachReturnsTheFirstErrorInOrder) {
  ThreadPool pool(4);
  const auto status = pool.ForEach(10, [](std::size_t i) -> Status {
    if (i >= 3) return Fail(ErrorKind::kInvalid, std::to_string(i));
    return {};
  });
  EXPECT_EQ(status.error().message, "3");
}

TEST(ThreadPool, RunsWhatIsQueuedBeforeItEnds) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(1);
    for (int i = 0; i < 50; ++i) pool.Run([&] { ++ran; });
  }
  EXPECT_EQ(ran, 50);
}

}  // namespace
}  // namespace neuralake
