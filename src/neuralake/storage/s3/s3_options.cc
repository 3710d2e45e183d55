#include "neuralake/storage/s3/s3_options.h"

#include <utility>

#include "neuralake/storage/aws/credentials_sources.h"
#include "neuralake/storage/aws/profile.h"

namespace neuralake::storage {
namespace {

std::string FirstOf(const Environment& environment, std::initializer_list<const char*> names,
                    const Profile* profile, const std::string& key) {
  for (const auto* name : names) {
    if (auto value = Variable(environment, name); !value.empty()) return value;
  }
  if (profile == nullptr) return "";
  const auto found = profile->find(key);
  return found == profile->end() ? "" : found->second;
}

/// `http[s]://host[:port]`, with slashes behind it forgiven.
Result<std::string> CheckEndpoint(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  const auto slashes = url.find("://");
  const bool is_http = url.starts_with("http://") || url.starts_with("https://");
  const bool has_more = is_http && url.find_first_of("/?#@", slashes + 3) != std::string::npos;
  if (!is_http || has_more || url.size() == slashes + 3) {
    return Fail(ErrorKind::kInvalid,
                "the S3 endpoint " + url + " is not http://host:port or https://host:port");
  }
  return url;
}

}  // namespace

Result<S3Options> S3Options::FromEnvironment(const Environment& environment, Clock& clock,
                                             Rng& rng) {
  const Profiles profiles = TRY(Profiles::Load(environment));
  const Profile* profile = profiles.chosen();
  if (profile == nullptr && profiles.is_named()) {
    return Fail(ErrorKind::kInvalid,
                "AWS_PROFILE names " + profiles.chosen_name() + ", which no profile file has");
  }
  S3Options options;
  options.clock = &clock;
  options.rng = &rng;
  options.http.ca_bundle = FirstOf(environment, {"AWS_CA_BUNDLE"}, profile, "ca_bundle");
  const auto region = FirstOf(environment, {"AWS_REGION", "AWS_DEFAULT_REGION"}, profile, "region");
  if (!region.empty()) options.region = region;
  if (Variable(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != "true") {
    auto endpoint =
        FirstOf(environment, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}, profile, "endpoint_url");
    if (!endpoint.empty()) options.endpoint = TRY(CheckEndpoint(std::move(endpoint)));
  }
  const auto addressing = FirstOf(environment, {}, profile, "s3.addressing_style");
  if (addressing == "path") options.path_style = true;
  if (addressing == "virtual") options.path_style = false;
  options.credentials = DefaultCredentials(environment, profiles, options.region, clock, rng);
  return options;
}

}  // namespace neuralake::storage
