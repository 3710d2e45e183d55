#pragma once

#include <memory>
#include <string>

#include "neuralake/base/error.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::app {

/// A file, and the store of the folder that it lies in.
struct FilePlace {
  std::shared_ptr<storage::ObjectStore> store;
  std::string key;
};

/// The place of the file at `location`, a path or a URI.
/// \errors kInvalid, kUnsupported  as `Uri::Parse` and `OpenStore`
Result<FilePlace> Locate(const std::string& location);

}  // namespace neuralake::app
