#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/storage/aws/credentials.h"

namespace pugi {
class xml_document;
}

namespace neuralake::storage {

/// Read `xml`, whose outermost element must be `root`. Document types and entities of their own are
/// not read.
/// \errors kCorruption
Status LoadXml(pugi::xml_document& document, std::string_view xml, const char* root);

/// kCorruption: what a service answered cannot be understood.
[[nodiscard]] std::unexpected<Error> MalformedAnswer(std::string_view what);

/// `Error`. Empty fields when the body is something else: a proxy's page, or nothing.
struct ErrorAnswer {
  std::string code;
  std::string message;
  std::string region;  ///< Where the bucket is, when the request went to a wrong region.
};
ErrorAnswer ParseErrorAnswer(std::string_view xml);

/// The credentials in what the security token service answers to `action`.
Result<Credentials> ParseStsCredentials(std::string_view action, std::string_view xml);

}  // namespace neuralake::storage
