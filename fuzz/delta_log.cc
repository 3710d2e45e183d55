// Whatever lies in a log must end in actions or in an error that names the line.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "neuralake/base/check.h"
#include "neuralake/delta/log/action_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto actions = neuralake::delta::ParseCommit(text);
  if (!actions) NL_CHECK(!actions.error().message.empty());
  return 0;
}
