#include "neuralake/storage/local_store.h"
#include "neuralake/storage/memory_store.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::storage {
namespace {

/// What `memory://` means in this process.
MemoryRegistry& ProcessMemory() {
  static MemoryRegistry registry;
  return registry;
}

}  // namespace

Result<std::shared_ptr<ObjectStore>> OpenStore(const Uri& uri) {
  if (uri.scheme == "file") return TRY(LocalStore::Open(uri));
  if (uri.scheme == "memory") return TRY(MemoryStore::Open(uri, ProcessMemory()));
  if (uri.scheme == "s3" || uri.scheme == "s3a") {
    return Fail(ErrorKind::kUnsupported, "this build has no S3 store, so not " + uri.ToString());
  }
  return Fail(ErrorKind::kInvalid, "no store has the scheme of " + uri.ToString());
}

}  // namespace neuralake::storage
