#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "neuralake/base/error.h"
#include "neuralake/engine/sql/watchdog.h"

namespace prometheus {
class Counter;
}

namespace neuralake::observe {
class Metrics;
}

namespace neuralake::engine {

/// Counts what statements did; null members count nothing.
struct EngineCounters {
  std::shared_ptr<observe::Metrics> owner;
  prometheus::Counter* statements = nullptr;
  prometheus::Counter* files_read = nullptr;
  prometheus::Counter* files_skipped = nullptr;
};

/// What the statements of one executor share. Each holds it by its slot, since a stream may
/// outlive its executor.
///
/// \threads safe from any thread
struct Running {
  explicit Running(EngineCounters c = {}) : counters(std::move(c)) {}

  const EngineCounters counters;
  std::atomic<std::size_t> statements{0};
  Watchdog watchdog;
};

/// One statement of those that may run at once; gives its place back when it goes.
class Slot {
 public:
  /// \errors kResourceExhausted  `statements_max` run
  static Result<Slot> Take(std::shared_ptr<Running> running, std::size_t statements_max) {
    const auto before = running->statements.fetch_add(1);
    Slot slot(std::move(running));
    if (before < statements_max) return slot;
    return Fail(ErrorKind::kResourceExhausted,
                "more than " + std::to_string(statements_max) + " statements at once");
  }

  Slot(Slot&&) noexcept = default;
  Slot& operator=(Slot&&) = delete;
  ~Slot() {
    if (running_) --running_->statements;
  }

  Running& running() const { return *running_; }

 private:
  explicit Slot(std::shared_ptr<Running> running) : running_(std::move(running)) {}

  std::shared_ptr<Running> running_;
};

}  // namespace neuralake::engine
