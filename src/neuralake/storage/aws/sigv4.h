#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/clock.h"
#include "neuralake/storage/aws/credentials.h"
#include "neuralake/storage/http/http_message.h"

namespace neuralake::storage {

/// What a signature is for.
struct SigningScope {
  std::string region;
  std::string service;  ///< `s3` or `sts`.
};

/// Sign `request` with all of its headers and its body.
///
/// Sets `host`, `x-amz-date`, `x-amz-content-sha256` (for S3), `x-amz-security-token` and
/// `authorization`; a request can be signed again for another attempt.
/// \source AWS, "Signature Version 4 signing process"; S3 API, "Authenticating Requests"
void Sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope,
          WallTime now);

/// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace neuralake::storage
