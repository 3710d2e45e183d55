#include "neuralake/storage/aws/metadata_credentials.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "neuralake/storage/aws/credentials_sources.h"
#include "neuralake/storage/aws/time_text.h"
#include "neuralake/storage/posix_file.h"

namespace neuralake::storage {
namespace {

using Environment = std::map<std::string, std::string>;

/// The credentials in a metadata service's JSON.
Result<Credentials> ParseCredentials(const std::string& body, const std::string& from) {
  const auto json = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  const auto text = [&](const char* name) -> std::string {
    if (!json.is_object()) return {};
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
  };
  Credentials credentials{text("AccessKeyId"), Secret(text("SecretAccessKey")),
                          Secret(text("Token"))};
  const auto expires = ParseIsoTime(text("Expiration"));
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() || !expires) {
    const std::string code = text("Code");
    return Fail(ErrorKind::kUnauthenticated,
                from + " gave no AccessKeyId, SecretAccessKey and Expiration" +
                    (code.empty() || code == "Success" ? "" : ": " + code));
  }
  credentials.expires = *expires;
  return credentials;
}

/// Split `http://host:1/a?b` into origin and the rest, which begins with `/`.
std::pair<std::string, std::string> SplitUrl(const std::string& url) {
  const auto slashes = url.find("://");
  const auto path = slashes == std::string::npos ? slashes : url.find('/', slashes + 3);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

bool IsHostOfContainer(const std::string& origin) {
  constexpr std::string_view kHttp = "http://";
  if (origin.find('@') != std::string::npos) return false;
  if (origin.starts_with("https://")) return true;
  if (!origin.starts_with(kHttp)) return false;
  std::string_view host = std::string_view(origin).substr(kHttp.size());
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  constexpr std::array<std::string_view, 6> kHosts = {
      "127.0.0.1", "localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
  for (const auto known : kHosts) {
    if (host == known) return true;
  }
  return false;
}

class ContainerSource final : public CredentialsSource {
 public:
  ContainerSource(const Environment& environment, CredentialsHttp http)
      : url_(Variable(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI")),
        token_file_(Variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")),
        token_(Variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN")),
        http_(std::move(http)) {
    const std::string relative = Variable(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    if (!relative.empty()) url_ = "http://169.254.170.2" + relative;
  }

  std::string name() const override { return "container"; }

  Result<Credentials> Fetch(const Deadline& deadline) override {
    if (url_.empty()) return Fail(ErrorKind::kNotFound, "no AWS_CONTAINER_CREDENTIALS_FULL_URI");
    HttpRequest request;
    std::tie(request.origin, request.path) = SplitUrl(url_);
    if (!IsHostOfContainer(request.origin)) {
      return Fail(ErrorKind::kInvalid,
                  "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an "
                  "address of this host: " +
                      request.origin);
    }
    const Secret token = TRY(Token());
    if (!token.empty()) request.headers["authorization"] = token.Reveal();
    const HttpAnswer answer = TRY(http_.Ask(request, deadline));
    if (!answer.ok()) {
      return Fail(ErrorKind::kUnauthenticated,
                  request.origin + " got " + std::to_string(answer.status));
    }
    return ParseCredentials(answer.body, request.origin);
  }

 private:
  Result<Secret> Token() const {
    if (token_file_.empty()) return token_;
    std::string text = TRY(ReadTextFile(token_file_));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return Secret(std::move(text));
  }

  std::string url_;
  const std::string token_file_;
  const Secret token_;
  CredentialsHttp http_;
};

class InstanceSource final : public CredentialsSource {
 public:
  InstanceSource(const Environment& environment, CredentialsHttp http)
      : is_off_(Variable(environment, "AWS_EC2_METADATA_DISABLED") == "true"),
        endpoint_(Variable(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT")),
        http_(std::move(http)) {
    if (endpoint_.empty()) endpoint_ = "http://169.254.169.254";
    while (endpoint_.ends_with('/')) endpoint_.pop_back();
  }

  std::string name() const override { return "instance metadata"; }

  Result<Credentials> Fetch(const Deadline& deadline) override {
    if (is_off_) return Fail(ErrorKind::kNotFound, "AWS_EC2_METADATA_DISABLED is true");
    HttpRequest ask_token = Request("PUT", "/latest/api/token");
    ask_token.headers["x-aws-ec2-metadata-token-ttl-seconds"] = "21600";
    auto token = http_.Ask(ask_token, deadline);
    if (!token && token.error().kind == ErrorKind::kUnavailable) {
      return Fail(ErrorKind::kNotFound, "nothing answers at " + endpoint_);
    }
    if (!token) return std::unexpected(std::move(token).error());
    if (!token->ok()) return Refused(*token, "a session token");
    const Secret session(std::move(token->body));
    const auto role = TRY(Get("/latest/meta-data/iam/security-credentials/", session, deadline));
    if (role.status == 404) return Fail(ErrorKind::kNotFound, "the instance has no role");
    if (!role.ok()) return Refused(role, "the name of its role");
    const std::string role_name = role.body.substr(0, role.body.find_first_of("\r\n"));
    const auto answer =
        TRY(Get("/latest/meta-data/iam/security-credentials/" + role_name, session, deadline));
    if (!answer.ok()) return Refused(answer, "credentials");
    return ParseCredentials(answer.body, endpoint_);
  }

 private:
  HttpRequest Request(const std::string& method, const std::string& path) const {
    HttpRequest request;
    request.method = method;
    request.origin = endpoint_;
    request.path = path;
    return request;
  }

  Result<HttpAnswer> Get(const std::string& path, const Secret& session,
                         const Deadline& deadline) const {
    HttpRequest request = Request("GET", path);
    request.headers["x-aws-ec2-metadata-token"] = session.Reveal();
    return http_.Ask(request, deadline);
  }

  std::unexpected<Error> Refused(const HttpAnswer& answer, std::string_view what) const {
    return Fail(ErrorKind::kUnauthenticated, endpoint_ + " refuses " + std::string(what) +
                                                 " with " + std::to_string(answer.status));
  }

  const bool is_off_;
  std::string endpoint_;
  CredentialsHttp http_;
};

}  // namespace

std::unique_ptr<CredentialsSource> MakeContainerSource(const Environment& environment,
                                                       CredentialsHttp http) {
  return std::make_unique<ContainerSource>(environment, std::move(http));
}

std::unique_ptr<CredentialsSource> MakeInstanceSource(const Environment& environment,
                                                      CredentialsHttp http) {
  return std::make_unique<InstanceSource>(environment, std::move(http));
}

}  // namespace neuralake::storage
