#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "neuralake/base/deadline.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::verify {

/// An object of a table: its store and its key in it.
struct FilePlace {
  std::shared_ptr<storage::ObjectStore> store;
  std::string key;
  bool is_own = true;  ///< Below the table's folder.
};

/// Finds the objects that the log names, in the table's folder or elsewhere.
/// \threads safe from any thread
class FilePlaces {
 public:
  explicit FilePlaces(std::shared_ptr<storage::ObjectStore> table) : table_(std::move(table)) {}

  /// Where `name` is: a path within the table, or an absolute one with or without a scheme;
  /// decoded.
  /// \errors kInvalid      it leads out of its folder
  ///         kUnsupported  there is no store for its scheme
  Result<FilePlace> Find(const std::string& name);

 private:
  std::shared_ptr<storage::ObjectStore> table_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, std::shared_ptr<storage::ObjectStore>> others_;
};

}  // namespace neuralake::verify
