#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "neuralake/catalog/model.h"
#include "neuralake/delta/table.h"
#include "neuralake/engine/duck.h"
#include "neuralake/engine/function_runner.h"
#include "neuralake/engine/scan/delta_source.h"
#include "neuralake/engine/store/store_registry.h"

namespace neuralake::engine {

/// The name under which the catalog is attached.
constexpr const char* kCatalogName = "neuralake";

/// Opens the Delta table at a location; the process decides whether it shares instances.
using TableOpener =
    std::function<Result<std::shared_ptr<delta::Table>>(const std::string& location)>;

/// What the attached catalog stands on; shared by every instance of DuckDB and outlives them.
///
/// \threads safe from any thread
class Lake {
 public:
  Lake(TableOpener opener, std::shared_ptr<FunctionRunner> functions,
       std::chrono::milliseconds staleness_max, bool hide_folders = false);

  catalog::CatalogPtr model() const { return model_.load(); }
  void SetModel(catalog::CatalogPtr model) { model_.store(std::move(model)); }

  /// The Delta table at `location`, opened once.
  Result<std::shared_ptr<delta::Table>> Table(const std::string& location);

  /// The newest snapshot, or one that was the newest less than `staleness_max` ago.
  Result<delta::SnapshotPtr> Newest(const std::string& location, const Deadline& deadline);

  /// A snapshot of `location` that needs no look; null when there is none.
  delta::SnapshotPtr Cached(const std::string& location);

  /// The source of a scan of `snapshot`.
  Result<DeltaSourcePtr> Source(const std::string& location, delta::SnapshotPtr snapshot,
                                std::string name);

  /// `message` with the names of tables in place of their folders on this machine's disk, if they
  /// are to be hidden: `/srv/lake/flights/part-1.parquet` is `aviation.flights/part-1.parquet`.
  std::string HideFolders(std::string message) const;

  const std::shared_ptr<StoreRegistry>& stores() const { return stores_; }
  FunctionRunner* functions() const { return functions_.get(); }

 private:
  struct Opened {
    std::shared_ptr<delta::Table> table;
    std::atomic<std::int64_t> looked_ns{0};  ///< When `Latest` was last asked, monotonic.
  };
  Result<std::shared_ptr<Opened>> Open(const std::string& location);

  const TableOpener opener_;
  const std::shared_ptr<FunctionRunner> functions_;
  const std::chrono::milliseconds staleness_max_;
  const bool hide_folders_;
  const std::shared_ptr<StoreRegistry> stores_ = std::make_shared<StoreRegistry>();
  const std::shared_ptr<DeletionVectorCache> deletions_ = std::make_shared<DeletionVectorCache>();
  std::atomic<catalog::CatalogPtr> model_;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, std::shared_ptr<Opened>, std::less<>> tables_;
};

}  // namespace neuralake::engine
