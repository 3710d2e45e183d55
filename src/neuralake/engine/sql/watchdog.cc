#include "neuralake/engine/sql/watchdog.h"

#include <algorithm>

#include "neuralake/engine/limits.h"

namespace neuralake::engine {

Watchdog::Watch::Watch(Watchdog& dog, duckdb::shared_ptr<duckdb::ClientContext> context,
                       Deadline deadline)
    : dog_(dog), context_(std::move(context)), deadline_(std::move(deadline)) {
  bool sooner = false;
  {
    std::lock_guard lock(dog_.mutex_);
    dog_.watched_.push_back(this);
    sooner = deadline_.Left() < dog_.next_look_ - SystemClock::Get().Mono();
    if (sooner) dog_.new_work_ = true;
  }
  if (sooner) dog_.changed_.notify_all();
  stop_.emplace(deadline_.stop(), [this] { Cancel(); });
}

Watchdog::Watch::~Watch() {
  stop_.reset();  // before the lock: a stop that is just being requested takes it
  std::lock_guard lock(dog_.mutex_);
  std::erase(dog_.watched_, this);
}

void Watchdog::Watch::Cancel() {
  cancelled_.store(true);
  context_->Interrupt();
  {
    std::lock_guard lock(dog_.mutex_);
    dog_.new_work_ = true;
  }
  dog_.changed_.notify_all();
}

std::optional<ErrorKind> Watchdog::Watch::reason() const {
  if (cancelled_.load()) return ErrorKind::kCancelled;
  if (deadline_.Left() == Duration{0}) return ErrorKind::kDeadlineExceeded;
  return std::nullopt;
}

Watchdog::Watchdog() : thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Watchdog::~Watchdog() {
  thread_.request_stop();
  thread_.join();
}

Duration Watchdog::Look() {
  Duration next = std::chrono::hours(1);
  for (Watch* watch : watched_) {
    if (watch->cancelled_.load() || watch->deadline_.Left() == Duration{0}) {
      watch->context_->Interrupt();
      next = std::min(next, Duration{kInterruptEvery});
    } else {
      next = std::min(next, watch->deadline_.Left());
    }
  }
  return next;
}

void Watchdog::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    new_work_ = false;
    const Duration pause = Look();
    next_look_ = SystemClock::Get().Mono() + pause;
    changed_.wait_for(lock, stop, pause, [this] { return new_work_; });
  }
}

}  // namespace neuralake::engine
