#pragma once

#include <chrono>
#include <future>
#include <stop_token>
#include <thread>
#include <utility>

#include "raise.h"
#include <nanobind/nanobind.h>

namespace neuralake::python {

/// How often a wait looks for signals.
constexpr std::chrono::milliseconds kSignalsEvery{20};

/// Run `work`, which returns a `Result`, like `Unlocked`, but on a thread of its own. A signal
/// whose handler raises, such as Ctrl-C, requests `stop`; what it raised goes on once `work` has
/// ended.
template <class Work>
auto Interruptible(std::stop_source& stop, Work work) {
  std::packaged_task task(std::move(work));
  auto ended = task.get_future();
  const std::jthread thread(std::move(task));
  const auto waits = [&](auto wait) {
    const nanobind::gil_scoped_release release;
    return wait();
  };
  // Handlers run in the interpreter's main thread alone; in any other nothing is ever raised.
  while (waits([&] { return ended.wait_for(kSignalsEvery); }) == std::future_status::timeout) {
    if (PyErr_CheckSignals() == 0) continue;
    stop.request_stop();
    waits([&] { ended.wait(); });
    throw nanobind::python_error();
  }
  return OrRaise(ended.get());
}

}  // namespace neuralake::python
