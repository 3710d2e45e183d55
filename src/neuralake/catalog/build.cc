#include "neuralake/catalog/build.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "neuralake/catalog/child.h"
#include "neuralake/catalog/limits.h"
#include "neuralake/catalog/reading.h"

namespace neuralake::catalog {
namespace {

namespace fs = std::filesystem;

/// The folder that holds the Python package of this build: above the program, as in a build tree
/// or in an installed package. Nothing when the interpreter has to have it.
std::optional<std::string> PackageFolder() {
  std::error_code failure;
  fs::path folder = fs::read_symlink("/proc/self/exe", failure);
  while (!failure && folder.has_relative_path()) {
    folder = folder.parent_path();
    for (const fs::path& candidate : {folder, folder / "python"}) {
      if (fs::exists(candidate / "neuralake/export.py", failure)) return candidate.string();
    }
  }
  return std::nullopt;
}

/// The interpreter of the environment that this program was installed into with its package:
/// `<prefix>/lib/pythonX.Y/site-packages` belongs to `<prefix>/bin/python3`.
std::optional<std::string> InstalledPython() {
  const auto package = PackageFolder();
  if (!package) return std::nullopt;
  const fs::path folder(*package);
  if (folder.filename() != "site-packages") return std::nullopt;
  const fs::path python = folder.parent_path().parent_path().parent_path() / "bin/python3";
  std::error_code failure;
  if (!fs::exists(python, failure)) return std::nullopt;
  return python.string();
}

std::string LastLine(std::string_view log) {
  while (log.ends_with('\n')) log.remove_suffix(1);
  const auto end = log.rfind('\n');
  return std::string(end == std::string_view::npos ? log : log.substr(end + 1));
}

/// The part of the last line that is the document: definitions cannot write to it.
Result<std::string> Export(const BuildRequest& request, std::string& log,
                           const Deadline& deadline) {
  const std::string python = PythonOf(request);
  ChildRequest child{{python, "-m", "neuralake.export", request.module},
                     request.project,
                     PythonEnvironment(request),
                     kManifestBytesMax};
  auto outcome = RunChild(child, deadline);
  if (!outcome) {
    return Annotate(std::move(outcome).error(),
                    fmt::format("importing {} with {}", request.module, python));
  }
  log = std::move(outcome->log);
  if (outcome->exit_code == 0) return std::move(outcome->output);
  return Fail(ErrorKind::kInvalid,
              fmt::format("importing {} with {} ended with {}: {}", request.module, python,
                          outcome->exit_code, LastLine(log)));
}

}  // namespace

std::string PythonOf(const BuildRequest& request) {
  if (!request.python.empty()) {
    const bool on_path = request.python.find('/') == std::string::npos;
    return on_path ? request.python : (fs::path(request.project) / request.python).string();
  }
  const auto active = request.environment.find("VIRTUAL_ENV");
  if (active != request.environment.end() && !active->second.empty()) {
    return active->second + "/bin/python3";
  }
  return InstalledPython().value_or("python3");
}

std::map<std::string, std::string> PythonEnvironment(const BuildRequest& request) {
  auto environment = request.environment;
  std::string path = request.project;
  if (const auto package = PackageFolder()) path += ":" + *package;
  if (const auto given = environment.find("PYTHONPATH");
      given != environment.end() && !given->second.empty()) {
    path += ":" + given->second;
  }
  environment["PYTHONPATH"] = path;
  // A project's folder is the user's: building leaves nothing beside the sources.
  environment["PYTHONDONTWRITEBYTECODE"] = "1";
  return environment;
}

Result<Build> BuildCatalog(const BuildRequest& request, const Deadline& deadline) {
  Build build;
  const std::string exported = TRY(Export(request, build.log, deadline));
  build.sources = ReadSources(exported);
  build.problems = CheckDefinitions(exported);
  if (HasErrors(build.problems)) return build;
  build.manifest = TRY(MakeManifest(exported));
  build.model = TRY(LoadManifest(build.manifest, request.project));
  return build;
}

}  // namespace neuralake::catalog
