// The pointer to the newest checkpoint is a version or nothing; it never stands in the way.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "neuralake/base/check.h"
#include "neuralake/base/uri.h"
#include "neuralake/delta/log/log_segment.h"
#include "neuralake/storage/memory_store.h"

using namespace neuralake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  storage::MemoryRegistry registry;
  const auto store = *storage::MemoryStore::Open(*Uri::Parse("memory://fuzz/t"), registry);
  NL_CHECK(store->Put(delta::kLastCheckpointKey, bytes, storage::PutMode::kOverwrite, {}));
  const auto version = delta::ReadLastCheckpoint(*store, {});
  NL_CHECK(version.has_value());
  NL_CHECK(!*version || **version >= 0);
  return 0;
}
