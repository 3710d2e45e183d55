#pragma once

#include <string>
#include <utility>

#include "neuralake/base/clock.h"
#include "neuralake/base/rng.h"
#include "neuralake/storage/aws/credentials.h"
#include "neuralake/storage/aws/credentials_http.h"

namespace neuralake::storage {

/// A role to take on.
struct Role {
  std::string arn;
  std::string session_name;  ///< Empty for a random one.
  std::string external_id;   ///< May be empty.
};

/// The security token service: credentials of a role against a proof of identity.
/// \source AWS STS API reference, version 2011-06-15
class RoleService {
 public:
  RoleService(CredentialsHttp http, std::string endpoint, std::string region, Clock& clock,
              Rng& rng)
      : http_(std::move(http)),
        endpoint_(std::move(endpoint)),
        region_(std::move(region)),
        clock_(&clock),
        rng_(&rng) {}

  /// `AssumeRoleWithWebIdentity` with the token in `token_file`, read anew each time.
  Result<Credentials> AssumeByWebIdentity(const Role& role, const std::string& token_file,
                                          const Deadline& deadline) const;

  /// `AssumeRole`, signed with `keys`.
  Result<Credentials> Assume(const Role& role, const Credentials& keys,
                             const Deadline& deadline) const;

 private:
  std::string FormOf(const std::string& action, const Role& role) const;
  Result<Credentials> Ask(const std::string& action, const Secret& form, const Credentials* keys,
                          const Deadline& deadline) const;

  CredentialsHttp http_;
  std::string endpoint_;
  std::string region_;
  Clock* clock_;
  Rng* rng_;
};

}  // namespace neuralake::storage
