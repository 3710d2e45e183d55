#include "neuralake/base/clock.h"

#include <algorithm>

namespace neuralake {

SystemClock& SystemClock::Get() {
  static SystemClock clock;
  return clock;
}

WallTime SystemClock::Now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

MonoTime SystemClock::Mono() const { return std::chrono::steady_clock::now(); }

bool SystemClock::Sleep(Duration duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wakeup;
  std::unique_lock lock(mutex);
  // The end of an endless wait must be a time that the clock can tell.
  const Duration bounded = std::min(duration, Duration{std::chrono::years(10)});
  wakeup.wait_for(lock, stop, bounded, [] { return false; });
  return !stop.stop_requested();
}

FakeClock::FakeClock(WallTime start) : start_(start) {}

WallTime FakeClock::Now() const {
  std::lock_guard lock(mutex_);
  return start_ + std::chrono::floor<std::chrono::milliseconds>(passed_);
}

MonoTime FakeClock::Mono() const {
  std::lock_guard lock(mutex_);
  return MonoTime{} + std::chrono::hours(1) + passed_;
}

bool FakeClock::Sleep(Duration duration, std::stop_token stop) {
  Advance(duration);
  return !stop.stop_requested();
}

void FakeClock::Advance(Duration duration) {
  std::lock_guard lock(mutex_);
  passed_ += duration;
}

}  // namespace neuralake
