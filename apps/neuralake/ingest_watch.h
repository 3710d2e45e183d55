#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "neuralake/base/clock.h"
#include "neuralake/ingest/push_client.h"

namespace neuralake::app {

/// Knows whether the ingest process that listens on `socket` answers: asks it again and again, over
/// a connection of its own, so that whoever wants to know need not wait for it.
///
/// \threads a thread of its own asks; `up` from any
class IngestWatch {
 public:
  IngestWatch(const std::string& socket, Clock& clock);

  /// Whether it answered the last time; false before the first.
  bool up() const { return up_; }

 private:
  void Run(const std::stop_token& stop);

  ingest::PushClient client_;
  Clock& clock_;
  std::atomic<bool> up_ = false;
  std::jthread thread_;  // the last member: it uses the others until it ends
};

}  // namespace neuralake::app
