#include "neuralake/storage/aws/aws_xml.h"

#include <pugixml.hpp>

#include "neuralake/storage/aws/time_text.h"

namespace neuralake::storage {

std::unexpected<Error> MalformedAnswer(std::string_view what) {
  return Fail(ErrorKind::kCorruption, "the service's answer is malformed: " + std::string(what));
}

Status LoadXml(pugi::xml_document& document, std::string_view xml, const char* root) {
  const auto parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) return MalformedAnswer(parsed.description());
  if (!document.child(root)) return MalformedAnswer("no " + std::string(root));
  return {};
}

ErrorAnswer ParseErrorAnswer(std::string_view xml) {
  pugi::xml_document document;
  if (!LoadXml(document, xml, "Error") && !LoadXml(document, xml, "ErrorResponse")) return {};
  pugi::xml_node error = document.child("Error");
  if (!error) error = document.child("ErrorResponse").child("Error");
  return {error.child_value("Code"), error.child_value("Message"), error.child_value("Region")};
}

Result<Credentials> ParseStsCredentials(std::string_view action, std::string_view xml) {
  const std::string root = std::string(action) + "Response";
  pugi::xml_document document;
  TRY(LoadXml(document, xml, root.c_str()));
  const std::string result = std::string(action) + "Result";
  const auto node = document.child(root.c_str()).child(result.c_str()).child("Credentials");
  const auto expires = ParseIsoTime(node.child_value("Expiration"));
  Credentials credentials{node.child_value("AccessKeyId"),
                          Secret(node.child_value("SecretAccessKey")),
                          Secret(node.child_value("SessionToken"))};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() || !expires) {
    return MalformedAnswer(root + " without AccessKeyId, SecretAccessKey or Expiration");
  }
  credentials.expires = *expires;
  return credentials;
}

}  // namespace neuralake::storage
