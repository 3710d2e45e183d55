#include "neuralake/storage/aws/credentials_sources.h"

#include <utility>
#include <vector>

#include "neuralake/storage/aws/metadata_credentials.h"
#include "neuralake/storage/aws/role_credentials.h"

namespace neuralake::storage {
namespace {

using Environment = std::map<std::string, std::string>;

std::string ValueOf(const Profile& profile, const std::string& key) {
  const auto found = profile.find(key);
  return found == profile.end() ? "" : found->second;
}

class EnvironmentSource final : public CredentialsSource {
 public:
  explicit EnvironmentSource(const Environment& environment)
      : key_(Variable(environment, "AWS_ACCESS_KEY_ID")),
        secret_(Variable(environment, "AWS_SECRET_ACCESS_KEY")),
        token_(Variable(environment, "AWS_SESSION_TOKEN")) {}

  std::string name() const override { return "environment"; }

  Result<Credentials> Fetch(const Deadline&) override {
    if (key_.empty() && secret_.empty()) return Fail(ErrorKind::kNotFound, "no AWS_ACCESS_KEY_ID");
    if (key_.empty()) {
      return Fail(ErrorKind::kInvalid, "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID");
    }
    if (secret_.empty()) {
      return Fail(ErrorKind::kInvalid, "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY");
    }
    return Credentials{key_, secret_, token_};
  }

 private:
  const std::string key_;
  const Secret secret_;
  const Secret token_;
};

/// What a profile says, worked out when it is asked.
class ProfileSource final : public CredentialsSource {
 public:
  ProfileSource(const Profiles& profiles, RoleService roles)
      : profiles_(profiles), roles_(std::move(roles)) {}

  std::string name() const override { return "profile " + profiles_.chosen_name(); }

  Result<Credentials> Fetch(const Deadline& deadline) override {
    const Profile* profile = profiles_.chosen();
    if (profile == nullptr) return Fail(ErrorKind::kNotFound, "no such profile");
    if (!ValueOf(*profile, "role_arn").empty()) return AssumeRole(*profile, deadline);
    return KeysOf(*profile);
  }

 private:
  Result<Credentials> KeysOf(const Profile& profile) const {
    const std::string key = ValueOf(profile, "aws_access_key_id");
    const Secret secret(ValueOf(profile, "aws_secret_access_key"));
    if (key.empty() || secret.empty()) {
      TRY(RefuseWhatIsNotThere(profile));
      return Fail(ErrorKind::kNotFound, "no aws_access_key_id with aws_secret_access_key");
    }
    return Credentials{key, secret, Secret(ValueOf(profile, "aws_session_token"))};
  }

  Result<Credentials> AssumeRole(const Profile& profile, const Deadline& deadline) {
    TRY(RefuseWhatIsNotThere(profile));
    Role role{ValueOf(profile, "role_arn"), ValueOf(profile, "role_session_name"),
              ValueOf(profile, "external_id")};
    const std::string token_file = ValueOf(profile, "web_identity_token_file");
    if (!token_file.empty()) {
      return roles_.AssumeByWebIdentity(role, token_file, deadline);
    }
    const std::string source_name = ValueOf(profile, "source_profile");
    const Profile* source = profiles_.Find(source_name);
    if (source == nullptr) {
      return Fail(ErrorKind::kInvalid, "role_arn needs source_profile or web_identity_token_file");
    }
    auto keys = KeysOf(*source);
    if (!keys) {
      return Fail(ErrorKind::kInvalid,
                  "source_profile " + source_name + " has " + keys.error().message);
    }
    return roles_.Assume(role, *keys, deadline);
  }

  static Status RefuseWhatIsNotThere(const Profile& profile) {
    for (const auto* key : {"credential_process", "sso_session", "sso_start_url",
                            "credential_source", "mfa_serial"}) {
      if (ValueOf(profile, key).empty()) continue;
      return Fail(ErrorKind::kUnsupported,
                  std::string(key) +
                      " is not supported; put the keys into the environment, as "
                      "`aws configure export-credentials --format env` prints them");
    }
    return {};
  }

  const Profiles profiles_;
  RoleService roles_;
};

class WebIdentitySource final : public CredentialsSource {
 public:
  WebIdentitySource(const Environment& environment, RoleService roles)
      : token_file_(Variable(environment, "AWS_WEB_IDENTITY_TOKEN_FILE")),
        role_{Variable(environment, "AWS_ROLE_ARN"), Variable(environment, "AWS_ROLE_SESSION_NAME"),
              ""},
        roles_(std::move(roles)) {}

  std::string name() const override { return "web identity"; }

  Result<Credentials> Fetch(const Deadline& deadline) override {
    if (token_file_.empty()) {
      return Fail(ErrorKind::kNotFound, "no AWS_WEB_IDENTITY_TOKEN_FILE");
    }
    if (role_.arn.empty()) {
      return Fail(ErrorKind::kInvalid, "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN");
    }
    return roles_.AssumeByWebIdentity(role_, token_file_, deadline);
  }

 private:
  const std::string token_file_;
  const Role role_;
  RoleService roles_;
};

std::string StsEndpoint(const Environment& environment, const std::string& region) {
  if (Variable(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != "true") {
    for (const auto* name : {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"}) {
      if (const auto url = Variable(environment, name); !url.empty()) return url;
    }
  }
  const std::string suffix = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return "https://sts." + region + suffix;
}

}  // namespace

std::string Variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

std::shared_ptr<CredentialsChain> DefaultCredentials(const Environment& environment,
                                                     const Profiles& profiles,
                                                     const std::string& region, Clock& clock,
                                                     Rng& rng) {
  HttpOptions outside;
  outside.ca_bundle = Variable(environment, "AWS_CA_BUNDLE");
  HttpOptions inside;  // addresses of this machine, which no proxy reaches
  inside.use_proxy = false;
  inside.connect_timeout = kMetadataTimeout;
  const CredentialsHttp sts(std::make_shared<HttpClient>(outside), rng);
  const CredentialsHttp metadata(std::make_shared<HttpClient>(inside), rng);
  const RoleService roles(sts, StsEndpoint(environment, region), region, clock, rng);

  std::vector<std::unique_ptr<CredentialsSource>> sources;
  sources.push_back(std::make_unique<EnvironmentSource>(environment));
  sources.push_back(std::make_unique<WebIdentitySource>(environment, roles));
  sources.push_back(std::make_unique<ProfileSource>(profiles, roles));
  sources.push_back(MakeContainerSource(environment, metadata));
  sources.push_back(MakeInstanceSource(environment, metadata));
  return std::make_shared<CredentialsChain>(std::move(sources), clock);
}

}  // namespace neuralake::storage
