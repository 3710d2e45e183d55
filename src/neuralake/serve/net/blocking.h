#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "neuralake/base/error.h"
#include "neuralake/serve/net/asio.h"

namespace neuralake::serve {

/// Run blocking `work` on other threads and resume on this coroutine's executor with its value.
///
/// \param enqueue  takes a `std::move_only_function<void()>` and gives a `Status`; when it refuses,
///                 the error is what the coroutine resumes with
template <class T, class Enqueue>
asio::awaitable<Result<T>> OnThreads(Enqueue enqueue, std::move_only_function<T()> work) {
  const auto initiate = [](auto handler, Enqueue put, std::move_only_function<T()> task) {
    struct Call {
      decltype(handler) resume;
      std::move_only_function<T()> task;
    };
    // Shared, because a queue that refuses a step drops it.
    auto call = std::make_shared<Call>(std::move(handler), std::move(task));
    const auto executor = asio::get_associated_executor(call->resume);
    const auto finish = [executor](const std::shared_ptr<Call>& done, Result<T> value) {
      asio::post(executor, [done, result = std::move(value)] mutable {
        std::move(done->resume)(std::move(result));
      });
    };
    const Status queued = put([call, finish] {
      Result<T> value = call->task();
      call->task = nullptr;
      finish(call, std::move(value));
    });
    if (!queued) finish(call, std::unexpected(queued.error()));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
      initiate, asio::use_awaitable, std::move(enqueue), std::move(work));
}

}  // namespace neuralake::serve
