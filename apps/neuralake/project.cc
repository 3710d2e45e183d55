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

std::string IngestFolder(const settings::Loaded& loaded) {
  return (std::filesystem::path(loaded.project) / loaded.settings.ingest.directory).string();
}

std::string IngestSocket(const settings::Loaded& loaded) {
  const auto& given = loaded.settings.ingest.socket;
  const std::filesystem::path project(loaded.project);
  if (!given.empty()) return (project / given).string();
  return (std::filesystem::path(IngestFolder(loaded)) / "ingest.sock").string();
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
