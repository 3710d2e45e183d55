#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// Stops statements that are past their deadline or were told to stop.
///
/// \threads safe from any thread
class Watchdog {
 public:
  /// A statement under watch, until it is dropped.
  class Watch {
   public:
    Watch(Watchdog& dog, duckdb::shared_ptr<duckdb::ClientContext> context, Deadline deadline);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Interrupt the statement, again and again until the watch ends.
    void Cancel();

    /// Why the statement was interrupted; nothing when it was not.
    std::optional<ErrorKind> reason() const;

   private:
    friend class Watchdog;
    Watchdog& dog_;
    const duckdb::shared_ptr<duckdb::ClientContext> context_;
    const Deadline deadline_;
    std::atomic<bool> cancelled_{false};
    std::optional<std::stop_callback<std::function<void()>>> stop_;
  };

  Watchdog();
  ~Watchdog();

 private:
  void Run(const std::stop_token& stop);
  /// Interrupts who is due; returns how long nobody else will be.
  Duration Look();

  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_.
  std::vector<Watch*> watched_;
  bool new_work_ = false;
  MonoTime next_look_ = MonoTime::max();  // a watch that ends later need not wake the dog

  std::jthread thread_;
};

}  // namespace neuralake::engine
