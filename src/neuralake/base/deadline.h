#pragma once

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <string_view>

#include "neuralake/base/clock.h"
#include "neuralake/base/error.h"

namespace neuralake {

/// Until when an operation may go on, and whether it was told to stop. A small value: pass by
/// value.
///
/// A blocking call checks it between steps and hands what is left to the next call; it bounds
/// waiting and retrying, never an effect that was already sent.
class Deadline {
 public:
  /// No limit and no way to stop.
  Deadline() = default;

  /// At `limit` from now on `clock`, or earlier when `stop` is requested.
  static Deadline After(Duration limit, std::stop_token stop = {},
                        Clock& clock = SystemClock::Get()) {
    return Deadline(clock.Mono() + limit, std::move(stop), clock);
  }

  /// Only when `stop` is requested.
  static Deadline Never(std::stop_token stop = {}, Clock& clock = SystemClock::Get()) {
    return Deadline(MonoTime::max(), std::move(stop), clock);
  }

  /// The earlier of this and `limit` from now; keeps the stop token.
  Deadline Within(Duration limit) const {
    return Deadline(std::min(at_, clock_->Mono() + limit), stop_, *clock_);
  }

  /// What is left, never negative; `Duration::max()` without a limit.
  Duration Left() const {
    if (at_ == MonoTime::max()) return Duration::max();
    return std::max(Duration{0}, Duration{at_ - clock_->Mono()});
  }

  bool Expired() const { return stop_.stop_requested() || Left() == Duration{0}; }

  /// \errors kCancelled         a stop was requested
  ///         kDeadlineExceeded  the time is over; `what` names what was being done
  Status Check(std::string_view what) const {
    if (stop_.stop_requested()) {
      return Fail(ErrorKind::kCancelled, std::string(what) + " was cancelled");
    }
    if (Left() == Duration{0}) {
      return Fail(ErrorKind::kDeadlineExceeded, std::string(what) + " ran out of time");
    }
    return {};
  }

  /// Wait for `duration`, but not past the end.
  /// \returns false when the end came first
  bool Sleep(Duration duration) const {
    const bool whole = duration < Left();
    return clock_->Sleep(std::min(duration, Left()), stop_) && whole;
  }

  const std::stop_token& stop() const { return stop_; }
  Clock& clock() const { return *clock_; }

 private:
  Deadline(MonoTime at, std::stop_token stop, Clock& clock)
      : at_(at), stop_(std::move(stop)), clock_(&clock) {}

  MonoTime at_ = MonoTime::max();
  std::stop_token stop_;
  Clock* clock_ = &SystemClock::Get();
};

}  // namespace neuralake
