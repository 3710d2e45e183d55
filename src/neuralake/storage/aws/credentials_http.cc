#include "neuralake/storage/aws/credentials_http.h"

#include "neuralake/storage/http/backoff.h"
#include "neuralake/storage/limits.h"

namespace neuralake::storage {

Result<HttpAnswer> CredentialsHttp::Ask(const HttpRequest& request,
                                        const Deadline& deadline) const {
  const RetryPolicy policy{.attempts_max = kCredentialsAttemptsMax};
  for (int attempt = 1;; ++attempt) {
    auto answer = client_->Send(request, deadline.Within(kCredentialsTimeout));
    const bool is_passing = answer ? answer->status >= 500 || answer->status == 429
                                   : answer.error().error.kind == ErrorKind::kUnavailable;
    if (!is_passing || attempt == policy.attempts_max ||
        !deadline.Sleep(RetryWait(policy, attempt, "", *rng_))) {
      if (answer) return std::move(*answer);
      return std::unexpected(std::move(answer.error().error));
    }
  }
}

}  // namespace neuralake::storage
