#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "neuralake/base/kill_switch.h"
#include "neuralake/catalog/build.h"
#include "neuralake/catalog/model.h"
#include "neuralake/settings/settings.h"

namespace neuralake::app {

/// The settings of the project at or above `folder`.
///
/// \param flags  settings given on the command line, by key
/// \errors kNotFound  no project there
///         kInvalid   every problem of the settings, one a line
Result<settings::Loaded> LoadProject(const std::string& folder,
                                     const std::map<std::string, std::string>& flags = {});

/// The folder of the write-ahead log, absolute.
std::string IngestFolder(const settings::Loaded& loaded);

/// The lock that `neuralake up` holds, absolute.
std::string UpLock(const settings::Loaded& loaded);

/// The socket of the ingest process, absolute.
std::string IngestSocket(const settings::Loaded& loaded);

/// The step at which a crash test ends this process, from `NEURALAKE_KILL_POINT`; null without it.
/// \errors kInvalid
Result<std::unique_ptr<KillSwitch>> KillSwitchOfEnvironment();

/// What it takes to import the definitions of a project.
catalog::BuildRequest BuildRequestOf(const settings::Loaded& loaded);

/// The catalog of the manifest; when there is none, of what the definitions say now, and the
/// manifest is written.
/// \errors kInvalid  the definitions have mistakes: all of them, one a line
Result<catalog::CatalogPtr> FirstCatalog(const catalog::BuildRequest& request,
                                         std::stop_token stop);

}  // namespace neuralake::app
