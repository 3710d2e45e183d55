#include "neuralake/storage/aws/role_credentials.h"

#include "neuralake/base/uri.h"
#include "neuralake/base/uuid.h"
#include "neuralake/storage/aws/aws_xml.h"
#include "neuralake/storage/aws/sigv4.h"
#include "neuralake/storage/posix_file.h"

namespace neuralake::storage {

Result<Credentials> RoleService::AssumeByWebIdentity(const Role& role,
                                                     const std::string& token_file,
                                                     const Deadline& deadline) const {
  auto read = ReadTextFile(token_file);
  if (!read) return Fail(ErrorKind::kInvalid, "web identity token: " + read.error().message);
  while (read->ends_with('\n') || read->ends_with('\r')) read->pop_back();
  const Secret token(std::move(*read));
  const std::string action = "AssumeRoleWithWebIdentity";
  const Secret form(FormOf(action, role) + "&WebIdentityToken=" + PercentEncode(token.Reveal()));
  return Ask(action, form, nullptr, deadline);
}

Result<Credentials> RoleService::Assume(const Role& role, const Credentials& keys,
                                        const Deadline& deadline) const {
  const std::string action = "AssumeRole";
  std::string form = FormOf(action, role);
  if (!role.external_id.empty()) form += "&ExternalId=" + PercentEncode(role.external_id);
  return Ask(action, Secret(form), &keys, deadline);
}

std::string RoleService::FormOf(const std::string& action, const Role& role) const {
  const std::string session =
      role.session_name.empty() ? "neuralake-" + RandomUuid(*rng_) : role.session_name;
  return "Action=" + action + "&Version=2011-06-15&RoleArn=" + PercentEncode(role.arn) +
         "&RoleSessionName=" + PercentEncode(session);
}

Result<Credentials> RoleService::Ask(const std::string& action, const Secret& form,
                                     const Credentials* keys, const Deadline& deadline) const {
  HttpRequest request;
  request.method = "POST";
  request.origin = endpoint_;
  while (request.origin.ends_with('/')) request.origin.pop_back();
  request.headers["content-type"] = "application/x-www-form-urlencoded";
  request.body = form.Reveal();
  if (keys != nullptr) Sign(request, *keys, {region_, "sts"}, clock_->Now());
  const HttpAnswer answer = TRY(http_.Ask(request, deadline));
  if (answer.ok()) return ParseStsCredentials(action, answer.body);
  const ErrorAnswer error = ParseErrorAnswer(answer.body);
  const ErrorKind kind =
      answer.status >= 500 ? ErrorKind::kUnavailable : ErrorKind::kUnauthenticated;
  return Fail(kind, action + " at " + request.origin + " got " + std::to_string(answer.status) +
                        " " + error.code + ": " + error.message);
}

}  // namespace neuralake::storage
