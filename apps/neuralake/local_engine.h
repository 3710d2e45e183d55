#pragma once

#include <memory>
#include <string>
#include <vector>

#include "neuralake/catalog/model.h"
#include "neuralake/engine/engine.h"
#include "neuralake/settings/settings.h"

namespace neuralake::app {

/// The database of tables that are named on the command line.
constexpr const char* kAdHocDatabase = "lake";

/// A catalog of Delta tables given as `name=URI`, in the database `lake`.
/// \errors kInvalid  not of that form, or a name twice
Result<catalog::CatalogPtr> AdHocCatalog(const std::vector<std::string>& tables);

/// The catalog of the manifest at `path`.
Result<catalog::CatalogPtr> ManifestCatalog(const std::string& path);

/// The catalog of the project at or above `folder`.
Result<catalog::CatalogPtr> ProjectCatalog(const std::string& folder);

/// Runs the functions of the project in Python processes of `engine.function_workers`, none of
/// which is started before a function table is read.
std::shared_ptr<engine::FunctionRunner> MakeFunctionRunner(const settings::Settings& settings,
                                                           const std::string& project);

/// The engine's limits and functions as the project's settings say; sorts and joins spill below
/// `.neuralake`.
engine::EngineOptions EngineOptionsOf(const settings::Loaded& loaded);

/// An engine in this process over `catalog`, with the settings of the project at or above `folder`
/// when there is one.
Result<std::unique_ptr<engine::Engine>> LocalEngine(catalog::CatalogPtr catalog,
                                                    const std::string& folder);

}  // namespace neuralake::app
