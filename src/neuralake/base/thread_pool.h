#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include "neuralake/base/bounded_queue.h"
#include "neuralake/base/error.h"

namespace neuralake {

/// A fixed number of threads that run blocking work from one bounded queue.
///
/// Work that waits for other work of the same pool can wait for ever: keep one pool a layer.
/// \threads safe from any thread; the destructor runs what is queued, then joins
class ThreadPool {
 public:
  /// \param threads    1..256
  /// \param queue_max  how many tasks may wait; `Run` blocks beyond it
  explicit ThreadPool(std::size_t threads, std::size_t queue_max = 1024);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Run `task` on one of the threads; wait while the queue is full.
  void Run(std::function<void()> task);

  /// Run `task` unless the queue is full.
  bool TryRun(std::function<void()> task);

  /// Call `step(i)` for every i in [0, count) on the pool and wait for all.
  /// \returns the error of the lowest i that failed; the others still ran
  Status ForEach(std::size_t count, const std::function<Status(std::size_t)>& step);

  std::size_t size() const { return threads_.size(); }

 private:
  BoundedQueue<std::function<void()>> queue_;
  std::vector<std::jthread> threads_;
};

}  // namespace neuralake
