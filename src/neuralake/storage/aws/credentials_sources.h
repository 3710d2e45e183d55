#pragma once

#include <map>
#include <memory>
#include <string>

#include "neuralake/base/clock.h"
#include "neuralake/base/rng.h"
#include "neuralake/storage/aws/credentials.h"
#include "neuralake/storage/aws/profile.h"
#include "neuralake/storage/http/http_client.h"

namespace neuralake::storage {

/// Where the credentials of S3 come from when nothing else is said, the first that is set up:
///
/// 1. `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`
/// 2. web identity: `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`, `AWS_ROLE_SESSION_NAME`
/// 3. the profile: keys, `role_arn` with `web_identity_token_file` or `source_profile`
/// 4. the container: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `…_FULL_URI`, with
///    `AWS_CONTAINER_AUTHORIZATION_TOKEN` or `…_TOKEN_FILE`
/// 5. the instance: metadata service version 2 at `AWS_EC2_METADATA_SERVICE_ENDPOINT`, unless
///    `AWS_EC2_METADATA_DISABLED` is `true`
///
/// Roles are asked for at `AWS_ENDPOINT_URL_STS`, else `AWS_ENDPOINT_URL`, else Amazon's service
/// of the region. Profiles with `credential_process`, `sso_*`, `credential_source` or `mfa_serial`
/// are kUnsupported.
/// \param profiles  outlives nothing: what is needed of it is copied
std::shared_ptr<CredentialsChain> DefaultCredentials(
    const std::map<std::string, std::string>& environment, const Profiles& profiles,
    const std::string& region, Clock& clock, Rng& rng);

/// The value of a variable, empty when it is not set.
std::string Variable(const std::map<std::string, std::string>& environment,
                     const std::string& name);

}  // namespace neuralake::storage
