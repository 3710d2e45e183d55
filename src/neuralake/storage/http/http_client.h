#pragma once

#include <condition_variable>
#include <cstddef>
#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/storage/http/http_message.h"
#include "neuralake/storage/limits.h"

namespace neuralake::storage {

/// How much of a request had left when it failed.
enum class Progress {
  kNothing,  ///< No connection, so no effect.
  kPart,     ///< Less than the whole body, so no effect.
  kAll,      ///< The other side may have acted on it.
};

/// Why there is no answer.
struct HttpFailure {
  Error error;
  Progress progress = Progress::kNothing;
};

struct HttpOptions {
  Duration connect_timeout = kConnectTimeout;
  Duration silence_timeout = kSilenceTimeout;  ///< Without a byte in either direction.
  std::size_t connections_max = kConnectionsMax;
  std::string ca_bundle = {};  ///< Path of trusted certificates; empty for the system's.
  bool use_proxy = true;       ///< `http_proxy` and its like; loopback never goes through one.
};

/// HTTP/1.1 requests over kept connections, one at a time a thread, each to its end.
///
/// Redirects are not followed, bodies not decompressed, credentials not sent by itself. Waiting
/// ends at once when the deadline's stop is requested.
/// \threads safe from any thread; up to `connections_max` requests at once, more wait
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// \errors kUnavailable       no connection, a broken one, silence, a short body
  ///         kDeadlineExceeded  of `deadline`
  ///         kCancelled         by `deadline`
  ///         kResourceExhausted the answer is longer than the request allows
  std::expected<HttpAnswer, HttpFailure> Send(const HttpRequest& request, const Deadline& deadline);

 private:
  class Connection;
  class Lease;

  Result<std::unique_ptr<Connection>> Take(const Deadline& deadline);
  void Return(std::unique_ptr<Connection> connection);

  const HttpOptions options_;
  std::mutex mutex_;
  std::condition_variable_any returned_;
  // Guarded by mutex_.
  std::vector<std::unique_ptr<Connection>> idle_;  // the last used at the back
  std::size_t open_ = 0;
};

}  // namespace neuralake::storage
