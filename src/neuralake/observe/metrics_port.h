#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "neuralake/base/error.h"

namespace neuralake::observe {

/// Answers `GET /metrics` on a port of 127.0.0.1, for a process that serves nothing else: one
/// request at a time, each within a few seconds.
///
/// \threads a thread of its own answers
class MetricsPort {
 public:
  /// \param expose  gives the text of the answer; outlives this
  /// \errors kUnavailable  the port is taken
  static Result<std::unique_ptr<MetricsPort>> Open(std::uint16_t port,
                                                   std::function<std::string()> expose);
  ~MetricsPort();

  std::uint16_t port() const;

 private:
  struct Listener;
  explicit MetricsPort(std::unique_ptr<Listener> listener);

  std::unique_ptr<Listener> listener_;
};

}  // namespace neuralake::observe
