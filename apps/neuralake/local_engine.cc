#include "local_engine.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "project.h"
#include "table_command.h"
#include <unistd.h>

#include "neuralake/catalog/build.h"
#include "neuralake/engine/worker/worker_pool.h"

namespace neuralake::app {
namespace {

std::uint64_t MemoryOfTheMachine() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
}

}  // namespace

Result<catalog::CatalogPtr> AdHocCatalog(const std::vector<std::string>& tables) {
  auto model = std::make_shared<catalog::CatalogModel>();
  catalog::DatabaseModel database;
  database.name = kAdHocDatabase;
  for (const auto& text : tables) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return Fail(ErrorKind::kInvalid, "--table takes name=URI, not " + text);
    }
    catalog::TableModel table;
    table.name = text.substr(0, equals);
    table.uri = TRY(Uri::Parse(text.substr(equals + 1))).ToString();
    database.tables.push_back(std::move(table));
  }
  std::ranges::sort(database.tables, {}, &catalog::TableModel::name);
  const auto twice = std::ranges::adjacent_find(database.tables, {}, &catalog::TableModel::name);
  if (twice != database.tables.end()) {
    return Fail(ErrorKind::kInvalid, "--table names " + twice->name + " twice");
  }
  model->databases.push_back(std::move(database));
  return model;
}

Result<catalog::CatalogPtr> ManifestCatalog(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Fail(ErrorKind::kNotFound, "cannot read the manifest " + path);
  return catalog::LoadManifest(std::string(std::istreambuf_iterator<char>(in), {}));
}

Result<catalog::CatalogPtr> ProjectCatalog(const std::string& folder) {
  const auto loaded = TRY(LoadProject(folder));
  return catalog::ReadManifest(loaded.project);
}

std::shared_ptr<engine::FunctionRunner> MakeFunctionRunner(const settings::Settings& settings,
                                                           const std::string& project) {
  const catalog::BuildRequest request{project, settings.catalog.module, settings.catalog.python,
                                      settings::ProcessEnvironment()};
  engine::WorkerPoolOptions options;
  options.command = {{catalog::PythonOf(request), "-m", "neuralake.worker"},
                     project,
                     catalog::PythonEnvironment(request),
                     settings.engine.function_memory_bytes > 0
                         ? static_cast<std::uint64_t>(settings.engine.function_memory_bytes)
                         : MemoryOfTheMachine() / 4};
  options.workers_max = static_cast<std::size_t>(settings.engine.function_workers);
  return std::make_shared<engine::WorkerPool>(std::move(options));
}

engine::EngineOptions EngineOptionsOf(const settings::Loaded& loaded) {
  const auto& settings = loaded.settings.engine;
  engine::EngineOptions options;
  options.threads = static_cast<std::size_t>(settings.threads);
  options.memory_bytes = settings.memory_bytes > 0
                             ? static_cast<std::uint64_t>(settings.memory_bytes)
                             : MemoryOfTheMachine() / 2;
  options.temp_directory = settings.temp_directory.empty() ? loaded.project + "/.neuralake/spill"
                                                           : settings.temp_directory;
  options.functions = MakeFunctionRunner(loaded.settings, loaded.project);
  return options;
}

Result<std::unique_ptr<engine::Engine>> LocalEngine(catalog::CatalogPtr catalog,
                                                    const std::string& folder) {
  engine::EngineOptions options;
  const auto loaded = LoadProject(folder);
  if (!loaded.has_value() && loaded.error().kind != ErrorKind::kNotFound) {
    return std::unexpected(loaded.error());
  }
  if (loaded.has_value()) options = EngineOptionsOf(*loaded);
  options.open_table = OpenTable;
  auto engine = TRY(engine::Engine::Open(std::move(options)));
  engine->SetCatalog(std::move(catalog));
  return engine;
}

}  // namespace neuralake::app
