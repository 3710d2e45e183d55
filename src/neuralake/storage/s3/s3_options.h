#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "neuralake/base/clock.h"
#include "neuralake/base/error.h"
#include "neuralake/base/rng.h"
#include "neuralake/observe/metrics.h"
#include "neuralake/storage/aws/credentials.h"
#include "neuralake/storage/http/backoff.h"
#include "neuralake/storage/http/http_client.h"

namespace neuralake::storage {

/// Variables by name, as a process has them.
using Environment = std::map<std::string, std::string>;

/// How to reach S3.
struct S3Options {
  std::string endpoint = {};  ///< `http[s]://host[:port]`; empty for Amazon's of the region.
  std::string region = "us-east-1";
  /// `endpoint/bucket/key` in place of `bucket.endpoint/key`; by default for endpoints that are not
  /// Amazon's and for names of buckets with a dot, which TLS certificates do not cover.
  std::optional<bool> path_style = {};
  std::shared_ptr<CredentialsChain> credentials = {};
  HttpOptions http = {};
  RetryPolicy retry = {};
  std::uint64_t part_bytes = kPartBytes;  ///< Of an upload; at least 5 MiB, which S3 demands.
  Clock* clock = &SystemClock::Get();
  Rng* rng = &SystemRng::Get();
  observe::Metrics* metrics = nullptr;  ///< Where requests are counted; may be null.

  /// Options by the usual variables and the profile files that they name.
  ///
  /// `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`,
  /// `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_CA_BUNDLE`, `AWS_PROFILE`, and those of the
  /// credentials (see `DefaultCredentials`).
  /// \errors kInvalid  an endpoint that is no URL, a profile file that cannot be read, a profile
  ///                   that is named and not there
  static Result<S3Options> FromEnvironment(const Environment& environment,
                                           Clock& clock = SystemClock::Get(),
                                           Rng& rng = SystemRng::Get());
};

}  // namespace neuralake::storage
