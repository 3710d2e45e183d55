#pragma once

#include <map>
#include <memory>
#include <string>

#include "neuralake/storage/aws/credentials.h"
#include "neuralake/storage/aws/credentials_http.h"

namespace neuralake::storage {

/// Credentials that the container's host hands out (ECS, EKS pod identity).
///
/// A plain `http` address must be loopback or one of the hosts' fixed ones.
std::unique_ptr<CredentialsSource> MakeContainerSource(
    const std::map<std::string, std::string>& environment, CredentialsHttp http);

/// Credentials of the instance's role, from the metadata service, version 2 only.
std::unique_ptr<CredentialsSource> MakeInstanceSource(
    const std::map<std::string, std::string>& environment, CredentialsHttp http);

}  // namespace neuralake::storage
