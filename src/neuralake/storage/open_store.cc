#include "neuralake/settings/settings.h"
#include "neuralake/storage/local_store.h"
#include "neuralake/storage/memory_store.h"
#include "neuralake/storage/object_store.h"
#include "neuralake/storage/s3/s3_store.h"

namespace neuralake::storage {
namespace {

/// What `memory://` means in this process.
MemoryRegistry& ProcessMemory() {
  static MemoryRegistry registry;
  return registry;
}

}  // namespace

Result<std::shared_ptr<ObjectStore>> OpenStore(const Uri& uri, const StoreSettings& settings) {
  if (uri.scheme == "file") return TRY(LocalStore::Open(uri));
  if (uri.scheme == "memory") return TRY(MemoryStore::Open(uri, ProcessMemory()));
  if (uri.scheme == "s3" || uri.scheme == "s3a") {
    S3Options options = TRY(S3Options::FromEnvironment(settings.environment));
    options.metrics = settings.metrics;
    return TRY(S3Store::Open(uri, std::move(options)));
  }
  return Fail(ErrorKind::kInvalid, "no store has the scheme of " + uri.ToString());
}

Result<std::shared_ptr<ObjectStore>> OpenStore(const Uri& uri) {
  StoreSettings settings;
  settings.environment = settings::ProcessEnvironment();
  return OpenStore(uri, settings);
}

}  // namespace neuralake::storage
