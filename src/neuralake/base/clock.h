#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace neuralake {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using MonoTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// Time, as a seam: production code asks no other clock, tests move their own.
///
/// \threads safe from any thread
class Clock {
 public:
  virtual ~Clock() = default;

  /// Milliseconds since 1970 UTC: what goes into a log or a table.
  virtual WallTime Now() const = 0;

  /// Never goes back: what deadlines and waits are measured with.
  virtual MonoTime Mono() const = 0;

  /// Wait for `duration` or until `stop` is requested.
  /// \returns false when stopped early
  virtual bool Sleep(Duration duration, std::stop_token stop = {}) = 0;
};

/// The machine's clock. One instance serves the process.
class SystemClock final : public Clock {
 public:
  static SystemClock& Get();
  WallTime Now() const override;
  MonoTime Mono() const override;
  bool Sleep(Duration duration, std::stop_token stop) override;
};

/// A clock that stands still until a test moves it; `Sleep` moves it and returns at once.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(WallTime start = WallTime{std::chrono::milliseconds{1'700'000'000'000}});
  WallTime Now() const override;
  MonoTime Mono() const override;
  bool Sleep(Duration duration, std::stop_token stop) override;

  /// Move both clocks forward.
  void Advance(Duration duration);

 private:
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  WallTime start_;
  Duration passed_{0};
};

}  // namespace neuralake
