// A partition value that is read is written as one that reads the same. The first byte picks a
// type.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "neuralake/base/check.h"
#include "neuralake/columnar/types.h"
#include "neuralake/columnar/value.h"

using namespace neuralake::columnar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array kTypes = {
      "boolean",        "byte",   "short",  "integer",       "long", "float",     "double",
      "decimal(20, 4)", "string", "binary", "decimal(38,0)", "date", "timestamp", "timestamp_ntz"};
  if (size == 0) return 0;
  const auto type = ParseType(kTypes[data[0] % kTypes.size()]).value();
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto value = ParsePartitionValue(text, type);
  if (!value || value->is_null()) return 0;
  const auto written = FormatPartitionValue(*value);
  const auto again = ParsePartitionValue(written, type);
  NL_CHECK(again.has_value());
  NL_CHECK(FormatPartitionValue(*again) == written);
  return 0;
}
