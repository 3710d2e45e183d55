// A location that is read is written as one that reads the same; encoded text decodes to itself.

#include "neuralake/base/uri.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "neuralake/base/check.h"
#include "neuralake/delta/file_location.h"

using namespace neuralake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Uri table = Uri::Parse("s3://bucket/lake/flights").value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto uri = Uri::Parse(text)) {
    const auto again = Uri::Parse(uri->ToString());
    NL_CHECK(again.has_value());
    NL_CHECK(*again == *uri);
  }
  NL_CHECK(PercentDecode(PercentEncode(text)) == text);
  const auto file = delta::LocateFile(text, table);
  if (file && file->key) NL_CHECK(file->uri.path == table.path + "/" + *file->key);
  return 0;
}
