#include <cstdlib>
#include <filesystem>
#include <functional>

#include "neuralake/storage/conformance.h"
#include "neuralake/storage/faulty_store.h"
#include "neuralake/storage/local_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::storage {
namespace {

/// Keeps what `store` stands on until the last user lets go.
std::shared_ptr<ObjectStore> KeepAlive(std::shared_ptr<ObjectStore> store,
                                       std::function<void()> at_end) {
  ObjectStore* borrowed = store.get();
  return {borrowed, [store = std::move(store), at_end = std::move(at_end)](ObjectStore*) mutable {
            store.reset();
            at_end();
          }};
}

std::shared_ptr<ObjectStore> OpenLocal(const std::string& unique) {
  const auto folder = std::filesystem::temp_directory_path() / ("neuralake-" + unique);
  auto store = LocalStore::Open(Uri::Parse(folder.string()).value()).value();
  return KeepAlive(store, [folder] { std::filesystem::remove_all(folder); });
}

std::shared_ptr<ObjectStore> OpenMemory(const std::string& unique) {
  MemoryRegistry registry;
  return MemoryStore::Open(Uri{"memory", unique, "some/prefix"}, registry).value();
}

std::shared_ptr<ObjectStore> OpenFaultless(const std::string& unique) {
  return std::make_shared<FaultyStore>(OpenMemory(unique));
}

INSTANTIATE_TEST_SUITE_P(Stores, ConformanceSuite,
                         testing::Values(StoreCase{"Local", OpenLocal},
                                         StoreCase{"Memory", OpenMemory},
                                         StoreCase{"FaultyWithoutFaults", OpenFaultless}),
                         NameOfCase);

}  // namespace
}  // namespace neuralake::storage
