#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace neuralake {

/// A first-in first-out queue with a limit: a full one makes the producer wait or turn away.
///
/// \threads safe from any thread
template <class T>
class BoundedQueue {
 public:
  /// \param items_max  1 or more
  explicit BoundedQueue(std::size_t items_max) : items_max_(items_max) {}

  /// Append unless full or closed.
  bool TryPush(T item) {
    {
      std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= items_max_) return false;
      items_.push_back(std::move(item));
    }
    changed_.notify_all();
    return true;
  }

  /// Append; wait while full.
  /// \returns false when closed or stopped, and `item` is dropped
  bool Push(T item, std::stop_token stop = {}) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, std::move(stop), [&] { return closed_ || items_.size() < items_max_; });
      if (closed_ || items_.size() >= items_max_) return false;
      items_.push_back(std::move(item));
    }
    changed_.notify_all();
    return true;
  }

  /// Take the oldest; wait while empty.
  /// \returns nothing when closed and drained, or stopped
  std::optional<T> Pop(std::stop_token stop = {}) {
    std::optional<T> item;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, std::move(stop), [&] { return closed_ || !items_.empty(); });
      if (items_.empty()) return std::nullopt;
      item = std::move(items_.front());
      items_.pop_front();
    }
    changed_.notify_all();
    return item;
  }

  /// Refuse new items; those inside can still be taken.
  void Close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  const std::size_t items_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_.
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace neuralake
