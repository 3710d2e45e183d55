#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "neuralake/base/error.h"

namespace neuralake::observe {

/// Answers `GET /metrics` on a port of 127.0.0.1, for a process that serves nothing else: one
/// request a connection, each within `kPatience`, `kConnectionsMax` of them at once. Further ones
/// wait for their turn.
///
/// \threads a thread of its own answers
class MetricsPort {
 public:
  static constexpr std::chrono::seconds kPatience{5};
  static constexpr std::size_t kConnectionsMax = 32;

  /// Before the next connection is taken when one could not be: there are no descriptors left, say.
  static constexpr std::chrono::milliseconds kAcceptPause{100};

  /// \param expose     gives the text of the answer; outlives this
  /// \param on_missed  called, if given, for each connection that could not be taken
  /// \errors kUnavailable  the port is taken
  static Result<std::unique_ptr<MetricsPort>> Open(std::uint16_t port,
                                                   std::function<std::string()> expose,
                                                   std::function<void()> on_missed = {});
  ~MetricsPort();

  std::uint16_t port() const;

 private:
  struct Listener;
  explicit MetricsPort(std::unique_ptr<Listener> listener);

  std::unique_ptr<Listener> listener_;
};

}  // namespace neuralake::observe
