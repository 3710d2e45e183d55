#include "project.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace neuralake::app {
namespace {

/// To import the definitions when there is no manifest yet.
constexpr auto kFirstBuildTimeMax = std::chrono::minutes(1);

}  // namespace

Result<settings::Loaded> LoadProject(const std::string& folder,
                                     const std::map<std::string, std::string>& flags) {
  const auto project = TRY(settings::FindProject(folder));
  return settings::Load({project, settings::ProcessEnvironment(), flags});
}

std::string IngestFolder(const settings::Loaded& loaded) {
  return (std::filesystem::path(loaded.project) / loaded.settings.ingest.directory).string();
}

std::string UpLock(const settings::Loaded& loaded) { return loaded.project + "/.neuralake/up.pid"; }

std::string IngestSocket(const settings::Loaded& loaded) {
  const auto& given = loaded.settings.ingest.socket;
  const std::filesystem::path project(loaded.project);
  if (!given.empty()) return (project / given).string();
  return (std::filesystem::path(IngestFolder(loaded)) / "ingest.sock").string();
}

Result<std::unique_ptr<KillSwitch>> KillSwitchOfEnvironment() {
  const char* text = std::getenv("NEURALAKE_KILL_POINT");
  if (text == nullptr || *text == '\0') return nullptr;
  return TRY(ArmedKillSwitch::Parse(text));
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
