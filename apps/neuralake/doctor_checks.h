#pragma once

#include <string>
#include <vector>

#include "neuralake/settings/settings.h"

namespace neuralake::app {

/// What one look at the machine or the project came to.
struct Finding {
  std::string what;  ///< `python`, `definitions`, `http`, `table aviation.flights`, …
  bool good = true;
  std::string detail;  ///< What was found; when it is not good, the way out.
};

/// Whether a Python can import this package, without a project to import.
std::vector<Finding> CheckPython(const settings::Loaded& loaded);

/// Whether the project's Python imports the definitions, whether they have mistakes (one finding
/// each, `file:line: subject: message`), and whether the manifest is what they say.
std::vector<Finding> CheckDefinitions(const settings::Loaded& loaded);

/// Whether every address that the settings name can be listened on, or is this project's own.
std::vector<Finding> CheckPorts(const settings::Loaded& loaded);

/// Whether ingest runs where `neuralake up` does.
std::vector<Finding> CheckIngest(const settings::Loaded& loaded);

/// Whether the location of every table of the manifest answers. Those that do are counted in one
/// finding; each that does not has its own. Nothing when there is no manifest.
std::vector<Finding> CheckTables(const settings::Loaded& loaded);

/// Whether there is room for the write-ahead log.
std::vector<Finding> CheckDisk(const settings::Loaded& loaded);

}  // namespace neuralake::app
