#include "neuralake/base/thread_pool.h"

#include <latch>
#include <utility>

#include "neuralake/base/check.h"

namespace neuralake {

ThreadPool::ThreadPool(std::size_t threads, std::size_t queue_max) : queue_(queue_max) {
  NL_CHECK(threads >= 1 && threads <= 256);
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      while (auto task = queue_.Pop()) (*task)();
    });
  }
}

ThreadPool::~ThreadPool() { queue_.Close(); }

void ThreadPool::Run(std::function<void()> task) { NL_CHECK(queue_.Push(std::move(task))); }

bool ThreadPool::TryRun(std::function<void()> task) { return queue_.TryPush(std::move(task)); }

Status ThreadPool::ForEach(std::size_t count, const std::function<Status(std::size_t)>& step) {
  std::vector<Status> results(count);
  std::latch done(static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    Run([&, i] {
      results[i] = step(i);
      done.count_down();
    });
  }
  done.wait();
  for (auto& result : results) {
    if (!result.has_value()) return result;
  }
  return {};
}

}  // namespace neuralake
