#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "neuralake/base/error.h"
#include "neuralake/catalog/model.h"

namespace neuralake::app {

/// Looks whether the manifest of a project has changed since it was last looked at.
///
/// \threads one thread at a time
class ManifestWatch {
 public:
  explicit ManifestWatch(std::string project);

  /// The catalog when the manifest is new or changed; nothing when it is as before or not there.
  /// \errors kInvalid  it changed and is no manifest: told once, the old catalog is to be kept
  Result<std::optional<catalog::CatalogPtr>> Poll();

 private:
  /// What tells one file from another at the same path.
  using Stamp = std::tuple<std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;

  const std::string project_;
  std::optional<Stamp> seen_;
};

}  // namespace neuralake::app
