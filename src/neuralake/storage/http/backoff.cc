#include "neuralake/storage/http/backoff.h"

#include <algorithm>
#include <charconv>

namespace neuralake::storage {

Duration RetryWait(const RetryPolicy& policy, int attempt, std::string_view retry_after, Rng& rng) {
  Duration bound = policy.first_wait_max;
  for (int i = 1; i < attempt && bound < policy.wait_max; ++i) bound *= 2;
  bound = std::min(bound, policy.wait_max);
  const auto jittered =
      Duration(static_cast<Duration::rep>(rng.Unit() * static_cast<double>(bound.count())));
  int seconds = 0;
  std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  const Duration asked = std::chrono::seconds(std::clamp(seconds, 0, kRetryAfterSecondsMax));
  return std::max(jittered, asked);
}

}  // namespace neuralake::storage
