#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "neuralake/base/error.h"

namespace neuralake {

/// Where a crash test may end the process, as a seam: code that changes something durable says
/// `switch.Reach("room.step")` between its steps, and nothing happens unless a test named the step.
///
/// \threads safe from any thread
class KillSwitch {
 public:
  virtual ~KillSwitch() = default;

  /// Pass the step called `point`; may not return.
  virtual void Reach(std::string_view point) = 0;

  /// The one that never ends anything.
  static KillSwitch& Off();
};

/// Ends the process by SIGKILL when one named step is reached for the n-th time.
class ArmedKillSwitch final : public KillSwitch {
 public:
  /// \param text  `ingest.after_ack`, or `ingest.after_ack:3` for its third time
  /// \errors kInvalid  a count that is none
  static Result<std::unique_ptr<ArmedKillSwitch>> Parse(std::string_view text);

  void Reach(std::string_view point) override;

 private:
  ArmedKillSwitch(std::string point, std::int64_t times) : point_(std::move(point)), left_(times) {}

  const std::string point_;
  std::atomic<std::int64_t> left_;
};

}  // namespace neuralake
