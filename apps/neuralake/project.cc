#include "project.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace neuralake::app {
namespace {

/// To import the definitions when there is no manifest yet.
constexpr auto kFirstBuildTimeMax = std::chrono::minutes(1);

}  // namespace

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

catalog::BuildRequest BuildRequestOf(const settings::Loaded& loaded) {
  const auto& settings = loaded.settings.catalog;
  return {loaded.project, settings.module, settings.python, settings::ProcessEnvironment()};
}

Result<catalog::CatalogPtr> FirstCatalog(const catalog::BuildRequest& request,
                                         std::stop_token stop) {
  auto stored = catalog::ReadManifest(request.project);
  if (stored || stored.error().kind != ErrorKind::kNotFound) return stored;
  const auto deadline = Deadline::After(kFirstBuildTimeMax, std::move(stop));
  const auto build = TRY(catalog::BuildCatalog(request, deadline));
  if (build.model == nullptr) {
    std::string problems = "the definitions have mistakes";
    for (const auto& problem : build.problems) problems += "\n" + FormatProblem(problem);
    return Fail(ErrorKind::kInvalid, problems);
  }
  TRY(catalog::StoreManifest(request.project, build.manifest));
  return build.model;
}

}  // namespace neuralake::app
