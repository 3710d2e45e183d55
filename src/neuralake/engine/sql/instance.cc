#include "neuralake/engine/sql/instance.h"

#include <duckdb/catalog/catalog_search_path.hpp>
#include <duckdb/main/client_data.hpp>

#include "neuralake/engine/attach/lake_catalog.h"
#include "neuralake/engine/functions/bounded_plans.h"
#include "neuralake/engine/sql/bounded_functions.h"
#include "neuralake/engine/store/object_file_system.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

using duckdb::Value;

void Configure(duckdb::DBConfig& config, const EngineOptions& options) {
  MemoryAllowance::Install();
  config.allocator = MemoryAllowance::MakeAllocator();
  if (options.threads > 0) config.SetOptionByName("threads", Value::UBIGINT(options.threads));
  if (options.memory_bytes > 0) {
    config.SetOptionByName("memory_limit", Value(std::to_string(options.memory_bytes) + "B"));
  }
  config.SetOptionByName("temp_directory", Value(options.temp_directory));
  config.SetOptionByName("enable_external_file_cache", Value::BOOLEAN(options.cache_files));
  config.SetOptionByName("autoload_known_extensions", Value::BOOLEAN(false));
  config.SetOptionByName("autoinstall_known_extensions", Value::BOOLEAN(false));
  config.SetOptionByName("allow_community_extensions", Value::BOOLEAN(false));
  // The position of an error is kept apart from its message only so.
  config.SetOptionByName("errors_as_json", Value::BOOLEAN(true));
}

std::unique_ptr<MemoryAllowance> AllowanceOf(duckdb::DuckDB& database) {
  const auto& config = duckdb::DBConfig::GetConfig(*database.instance);
  return std::make_unique<MemoryAllowance>(config.options.maximum_memory);
}

void Seal(duckdb::Connection& connection, const EngineOptions& options) {
  // A name in FROM is never a file, whatever admission made of it.
  duckdb::DBConfig::GetConfig(*connection.context).replacement_scans.clear();
  const char* cache = options.cache_files ? "SET GLOBAL parquet_metadata_cache = true"
                                          : "SET GLOBAL parquet_metadata_cache = false";
  // Paths are compared in canonical form, where the two slashes are one.
  for (const char* setting :
       {"SET GLOBAL TimeZone = 'UTC'", cache, "SET GLOBAL allowed_directories = ['nlstore://']",
        "SET GLOBAL enable_external_access = false", "SET GLOBAL lock_configuration = true"}) {
    const auto result = connection.Query(setting);
    if (result->HasError()) result->ThrowError();
  }
}

}  // namespace

Result<std::shared_ptr<Instance>> Instance::Open(const EngineOptions& options,
                                                 const std::shared_ptr<Lake>& lake) {
  try {
    duckdb::DBConfig config;
    Configure(config, options);
    auto instance = std::shared_ptr<Instance>(new Instance());
    instance->database_ = std::make_unique<duckdb::DuckDB>(nullptr, &config);
    instance->allowance_ = AllowanceOf(*instance->database_);
    auto& database = *instance->database_->instance;
    duckdb::FileSystem::GetFileSystem(database).RegisterSubSystem(
        duckdb::make_uniq<ObjectFileSystem>(lake->stores()));
    AttachLake(database, lake);
    instance->lake_ = lake;
    duckdb::Connection connection(database);
    BoundFunctions(connection);
    BoundPlans(*instance->database_);
    Seal(connection, options);
    return instance;
  } catch (const std::exception& thrown) {
    return std::unexpected(FromDuckError(duckdb::ErrorData(thrown)));
  }
}

Result<std::shared_ptr<Instance>> Instance::OpenInMemory(
    const EngineOptions& options, const std::function<void(duckdb::Connection&)>& fill) {
  try {
    duckdb::DBConfig config;
    Configure(config, options);
    auto instance = std::shared_ptr<Instance>(new Instance());
    instance->database_ = std::make_unique<duckdb::DuckDB>(nullptr, &config);
    instance->allowance_ = AllowanceOf(*instance->database_);
    duckdb::Connection connection(*instance->database_->instance);
    fill(connection);
    BoundFunctions(connection);
    BoundPlans(*instance->database_);
    Seal(connection, options);
    return instance;
  } catch (const std::exception& thrown) {
    return std::unexpected(FromDuckError(duckdb::ErrorData(thrown)));
  }
}

duckdb::unique_ptr<duckdb::Connection> Instance::Connect() {
  auto connection = duckdb::make_uniq<duckdb::Connection>(*database_);
  connection->context->config.use_replacement_scans = false;
  if (!lake_) return connection;
  duckdb::ClientData::Get(*connection->context)
      .catalog_search_path->Set(duckdb::CatalogSearchEntry(kCatalogName, DEFAULT_SCHEMA),
                                duckdb::CatalogSetPathType::SET_DIRECTLY);
  return connection;
}

}  // namespace neuralake::engine
