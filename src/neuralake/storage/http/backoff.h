#pragma once

#include <string_view>

#include "neuralake/base/clock.h"
#include "neuralake/base/rng.h"
#include "neuralake/storage/limits.h"

namespace neuralake::storage {

/// How often and how patiently a request is repeated.
struct RetryPolicy {
  int attempts_max = kAttemptsMax;
  Duration first_wait_max = kFirstRetryWaitMax;
  Duration wait_max = kRetryWaitMax;
};

/// The pause before attempt `attempt` + 1, after `attempt` ≥ 1 failed: uniform between nothing and
/// a bound that doubles with each attempt ("full jitter"), so that many clients do not come back
/// together. Not shorter than what the server asked for.
///
/// \param retry_after  the header of that name: whole seconds, or anything else for nothing
Duration RetryWait(const RetryPolicy& policy, int attempt, std::string_view retry_after, Rng& rng);

}  // namespace neuralake::storage
