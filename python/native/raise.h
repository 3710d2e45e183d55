#pragma once

#include <nanobind/nanobind.h>

#include "neuralake/base/error.h"

namespace neuralake::python {

/// Raise `error` in Python as `neuralake.NeuralakeError`. The interpreter's lock must be held.
[[noreturn]] void Raise(const Error& error);

/// Unwrap, or raise.
template <class T>
T OrRaise(Result<T> result) {
  if (!result.has_value()) Raise(result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// Run `work`, which returns a `Result`, without the interpreter's lock; then unwrap or raise.
template <class Work>
auto Unlocked(Work work) {
  auto result = [&] {
    const nanobind::gil_scoped_release release;
    return work();
  }();
  return OrRaise(std::move(result));
}

}  // namespace neuralake::python
