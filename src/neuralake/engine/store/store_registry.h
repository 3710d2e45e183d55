#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::engine {

/// One object of a registered store.
struct StoredObject {
  std::shared_ptr<storage::ObjectStore> store;
  std::string key;
};

/// Numbers the object stores that SQL may read, so that a path inside DuckDB can name one.
///
/// Paths have the form `nlstore://<store>/<version>/<key>`. The version (anything without `/`)
/// makes two contents of one key different for DuckDB's caches, which then never need to ask.
/// \threads safe from any thread
class StoreRegistry {
 public:
  static constexpr std::string_view kScheme = "nlstore://";

  /// The number of `store`; the same for two stores with one root.
  std::uint64_t Add(std::shared_ptr<storage::ObjectStore> store);

  static std::string Path(std::uint64_t store, std::string_view version, std::string_view key);

  /// The key in a path of ours; any other path as it is.
  static std::string_view KeyOf(std::string_view path);

  /// \errors kInvalid   not a path of ours
  ///         kNotFound  no store has that number
  Result<StoredObject> Resolve(std::string_view path) const;

  /// The place of a data file that a log names: below `table`, or anywhere by an absolute URI.
  /// \param log_path  as in the log, percent-encoded once
  Result<StoredObject> Locate(const std::shared_ptr<storage::ObjectStore>& table,
                              std::string_view log_path);

  /// Open a store for `root` once and keep it.
  Result<std::shared_ptr<storage::ObjectStore>> Open(const Uri& root);

 private:
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<std::shared_ptr<storage::ObjectStore>> stores_;
  std::map<std::string, std::uint64_t, std::less<>> by_root_;
};

}  // namespace neuralake::engine
