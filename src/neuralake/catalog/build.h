#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/catalog/model.h"

namespace neuralake::catalog {

struct BuildRequest {
  std::string project;  ///< The folder of `neuralake.toml`, absolute.
  std::string module = "lake:catalog";
  /// The interpreter; a relative path counts from the project. Empty: the active virtual
  /// environment's, else that of the environment this program is installed in, else `python3` on
  /// the PATH.
  std::string python;
  std::map<std::string, std::string> environment;  ///< Of the process.
};

/// What building came to.
struct Build {
  std::vector<Problem> problems;
  std::string manifest;  ///< Its bytes; empty when a problem is an error.
  CatalogPtr model;      ///< For the project's folder; null when a problem is an error.
  std::string log;       ///< What the definitions printed.
  /// The files of the project that were imported, well or not, relative to it: when one changes,
  /// the definitions may have.
  std::vector<std::string> sources;
};

/// Import the definitions of a project with Python, check them and make the manifest. Writes no
/// file and reads no data.
///
/// \errors kNotFound          no such Python
///         kDeadlineExceeded  the import ran too long; its process is ended, and the message says
///                            where in the definitions it was
///         kCancelled         a stop was requested; its process is ended
///         kInvalid           the export itself failed, or something ended its process: the
///                            message says where, or ends with its last words
/// \threads                   safe from any thread
Result<Build> BuildCatalog(const BuildRequest& request, const Deadline& deadline);

/// The interpreter that `BuildCatalog` runs, and that runs the project's functions.
std::string PythonOf(const BuildRequest& request);

/// The environment in which the project's Python finds the definitions and this package.
std::map<std::string, std::string> PythonEnvironment(const BuildRequest& request);

/// The manifest of the project: `.neuralake/catalog.json`.
std::string ManifestPath(std::string_view project);

/// Put the manifest in place, whole or not at all.
/// \returns whether its bytes changed
/// \errors kUnavailable  the folder cannot be written
Result<bool> StoreManifest(std::string_view project, std::string_view manifest);

/// Read and load the manifest of the project.
/// \errors kNotFound  there is none yet
///         kInvalid   as `LoadManifest`
Result<CatalogPtr> ReadManifest(std::string_view project);

}  // namespace neuralake::catalog
