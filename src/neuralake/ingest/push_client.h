#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/local_socket.h"
#include "neuralake/ingest/push.h"

namespace neuralake::ingest {

struct PushClientOptions {
  std::size_t connections_max = kClientConnectionsMax;  ///< Calls at once; others wait.
};

/// The way of other processes to the ingest process: its local socket, over connections that are
/// kept. One that the other side closed is made anew; nothing is sent twice.
///
/// \threads safe from any thread; each call blocks its own
class PushClient {
 public:
  /// \param path  of the socket; nobody need listen there yet
  explicit PushClient(std::string path, PushClientOptions options = {});

  /// Push rows; returns when they are durable, or known not to be.
  ///
  /// \errors kUnavailable       the ingest process is away or ends; nothing was taken in
  ///         kUnknownOutcome    sent, and no answer came: the same request again, with its key
  ///         kDeadlineExceeded  the time was over before all was sent; nothing was taken in
  ///         kInvalid           a body of more than `kBodyBytesMax`
  ///         and those of `PushLog::Push`
  Result<PushAnswer> Push(const PushRequest& request, const Deadline& deadline);

  /// What the process reports about itself, in Prometheus' text form.
  /// \errors kUnavailable  it is away
  Result<std::string> Metrics(const Deadline& deadline);

 private:
  Result<std::string> Exchange(std::span<const std::string_view> parts, const Deadline& deadline);
  Status TakeTurn(const Deadline& deadline);
  void EndTurn(std::optional<LocalSocket> kept);
  std::optional<LocalSocket> TakeIdle();
  Result<LocalSocket> SendOver(std::span<const std::string_view> parts, const Deadline& deadline);

  const std::string path_;
  const PushClientOptions options_;
  std::mutex mutex_;
  std::condition_variable_any released_;
  // Guarded by mutex_.
  std::vector<LocalSocket> idle_;
  std::size_t turns_ = 0;  // calls that hold a connection
};

}  // namespace neuralake::ingest
