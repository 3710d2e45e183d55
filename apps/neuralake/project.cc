#include "project.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace neuralake::app {

std::string ManifestPath(const std::string& project) {
  return (std::filesystem::path(project) / ".neuralake" / "catalog.json").string();
}

Result<settings::Loaded> LoadProject(const std::string& folder,
                                     const std::map<std::string, std::string>& flags) {
  const auto project = TRY(settings::FindProject(folder));
  return settings::Load({project, settings::ProcessEnvironment(), flags});
}

Result<catalog::CatalogPtr> LoadCatalog(const std::string& project) {
  const std::string path = ManifestPath(project);
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(ErrorKind::kNotFound, "no manifest " + path + "; run `neuralake catalog build`");
  }
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return catalog::LoadManifest(bytes.str(), project);
}

}  // namespace neuralake::app
