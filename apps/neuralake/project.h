#pragma once

#include <map>
#include <string>

#include "neuralake/catalog/model.h"
#include "neuralake/settings/settings.h"

namespace neuralake::app {

/// Where the manifest of `project` lies.
std::string ManifestPath(const std::string& project);

/// The settings of the project at or above `folder`.
///
/// \param flags  settings given on the command line, by key
/// \errors kNotFound  no project there
///         kInvalid   every problem of the settings, one a line
Result<settings::Loaded> LoadProject(const std::string& folder,
                                     const std::map<std::string, std::string>& flags = {});

/// The folder of the write-ahead log, absolute.
std::string IngestFolder(const settings::Loaded& loaded);

/// The socket of the ingest process, absolute.
std::string IngestSocket(const settings::Loaded& loaded);

/// The catalog of `project`, from its manifest.
/// \errors kNotFound  no manifest yet; says which command makes one
///         kInvalid   not a manifest of this version
Result<catalog::CatalogPtr> LoadCatalog(const std::string& project);

}  // namespace neuralake::app
