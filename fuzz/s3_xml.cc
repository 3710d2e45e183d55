// Whatever an S3 or security token service answers must end in a value or an error.

#include "neuralake/storage/s3/s3_xml.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "neuralake/base/check.h"
#include "neuralake/storage/aws/aws_xml.h"

using namespace neuralake::storage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  if (const auto answer = ParseListAnswer(xml)) {
    for (const auto& object : answer->objects) NL_CHECK(!object.key.empty());
  }
  (void)ParseErrorAnswer(xml);
  if (const auto id = ParseUploadId(xml)) NL_CHECK(!id->empty());
  (void)ParseCompletedEtag(xml);
  (void)ParseStsCredentials("AssumeRole", xml);
  (void)WriteCompletion({std::string(xml)});
  return 0;
}
