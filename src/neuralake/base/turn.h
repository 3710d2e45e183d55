#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <utility>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"

namespace neuralake {

/// Lets one thread at a time do what may take long. Who waits for it does so no longer than its own
/// deadline allows.
///
/// \threads safe from any thread
class Turn {
 public:
  /// Has the turn until it dies.
  class Taken {
   public:
    explicit Taken(Turn& turn) : turn_(&turn) {}
    Taken(Taken&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
    Taken& operator=(Taken&&) = delete;
    ~Taken() {
      if (turn_ != nullptr) turn_->End();
    }

   private:
    Turn* turn_;
  };

  /// \param what  is waited for, in the words of an error
  /// \errors kCancelled, kDeadlineExceeded
  Result<Taken> Take(const Deadline& deadline, std::string_view what) {
    std::unique_lock lock(mutex_);
    while (is_taken_) {
      TRY(deadline.Check(what));
      const Duration step = std::min<Duration>(deadline.Left(), kStep);
      changed_.wait_for(lock, deadline.stop(), step, [this] { return !is_taken_; });
    }
    is_taken_ = true;
    return Taken(*this);
  }

 private:
  /// How often who waits looks at its own deadline.
  static constexpr std::chrono::milliseconds kStep{100};

  void End() {
    {
      std::lock_guard lock(mutex_);
      is_taken_ = false;
    }
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_taken_ = false;  // guarded by mutex_
};

}  // namespace neuralake
