#pragma once

#include <algorithm>

#include "neuralake/base/deadline.h"
#include "neuralake/base/rng.h"
#include "neuralake/delta/limits.h"

namespace neuralake::delta {

/// Waits between tries: each up to twice as long as the one before, at random, so that writers that
/// collided do not collide again.
class Backoff {
 public:
  explicit Backoff(Rng& rng) : rng_(rng) {}

  void Wait(const Deadline& deadline) {
    const auto longest = static_cast<double>(longest_.count());
    deadline.Sleep(Duration(static_cast<Duration::rep>(longest * rng_.Unit())));
    longest_ = std::min<Duration>(longest_ * 2, kBackoffMax);
  }

 private:
  Rng& rng_;
  Duration longest_ = kBackoffMin;
};

}  // namespace neuralake::delta
