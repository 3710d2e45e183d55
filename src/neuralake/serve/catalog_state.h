#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "neuralake/base/clock.h"
#include "neuralake/catalog/model.h"

namespace neuralake::serve {

/// What is served, and whether the definitions on disk still say so.
struct CatalogStatus {
  catalog::CatalogPtr model;  ///< Never null.
  WallTime loaded;
  std::string problems;  ///< Why newer definitions are not served, one a line; empty when they are.
  WallTime checked;      ///< When the definitions were last built, well or not.
  std::optional<WallTime> reading_since;  ///< While they are: when that began.
};

/// Holds the catalog that is served; a good build replaces it, a bad one is only told.
///
/// \threads safe from any thread
class CatalogState {
 public:
  CatalogState(catalog::CatalogPtr model, Clock& clock);

  std::shared_ptr<const CatalogStatus> Get() const;

  void Replace(catalog::CatalogPtr model);
  void Refuse(std::string problems);
  /// Tell that definitions are being read, or no longer.
  void Reading(std::optional<WallTime> since);

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::shared_ptr<const CatalogStatus> status_;
};

}  // namespace neuralake::serve
