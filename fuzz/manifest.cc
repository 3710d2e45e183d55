// A manifest is a catalog or a list of what is wrong with it, and so are definitions; what they
// make is a manifest that loads.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "neuralake/base/check.h"
#include "neuralake/catalog/model.h"

using namespace neuralake::catalog;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto catalog = LoadManifest(json, "/project");
  if (!catalog) NL_CHECK(!catalog.error().message.empty());
  if (const auto manifest = MakeManifest(json)) NL_CHECK(LoadManifest(*manifest, "/project"));
  return 0;
}
