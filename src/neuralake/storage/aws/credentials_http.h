#pragma once

#include <memory>
#include <string>

#include "neuralake/base/deadline.h"
#include "neuralake/base/rng.h"
#include "neuralake/storage/http/http_client.h"

namespace neuralake::storage {

/// Requests to services that hand out credentials: few, small, repeated when it may help. What
/// they answer stays out of messages.
///
/// A small value that shares its connections.
/// \threads safe from any thread
class CredentialsHttp {
 public:
  CredentialsHttp(std::shared_ptr<HttpClient> client, Rng& rng)
      : client_(std::move(client)), rng_(&rng) {}

  /// \returns the answer, whatever its status, after the last attempt
  /// \errors kUnavailable  no answer
  Result<HttpAnswer> Ask(const HttpRequest& request, const Deadline& deadline) const;

 private:
  std::shared_ptr<HttpClient> client_;
  Rng* rng_;
};

}  // namespace neuralake::storage
