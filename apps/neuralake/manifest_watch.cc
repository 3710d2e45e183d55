#include "manifest_watch.h"

#include <utility>

#include <sys/stat.h>

#include "neuralake/catalog/build.h"

namespace neuralake::app {

ManifestWatch::ManifestWatch(std::string project) : project_(std::move(project)) {}

Result<std::optional<catalog::CatalogPtr>> ManifestWatch::Poll() {
  struct stat info;
  if (::stat(catalog::ManifestPath(project_).c_str(), &info) != 0) return std::nullopt;
  const Stamp stamp{info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
  if (seen_ == stamp) return std::nullopt;
  seen_ = stamp;
  return TRY(catalog::ReadManifest(project_));
}

}  // namespace neuralake::app
