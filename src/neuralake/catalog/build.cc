#include "neuralake/catalog/build.h"

#include <cstring>
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

/// An exit code above this tells the signal that ended the process.
constexpr int kSignalled = 128;

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

/// The head of a stack that the process wrote when something ended it (`neuralake.crash`).
constexpr std::string_view kStack = "(most recent call first):";

/// `: thinking`, the last line that was printed before the stack; empty when there is none.
std::string LastWords(std::string_view log) {
  if (const auto stack = log.rfind(kStack); stack != std::string_view::npos) {
    log = log.substr(0, log.rfind('\n', stack) + 1);
  }
  std::string words = LastLine(log);
  if (words.starts_with("Fatal Python error:")) {
    words = LastLine(log.substr(0, log.rfind("Fatal Python error:")));
  }
  return words.empty() ? words : ": " + words;
}

/// ` at lake/aviation.py:3`: the innermost line of the project on the stack; empty when there is
/// none.
std::string LastPlace(std::string_view log, const std::string& project) {
  static constexpr std::string_view kFile = "  File \"";
  const auto stack = log.rfind(kStack);
  if (stack == std::string_view::npos) return {};
  log.remove_prefix(stack + kStack.size());
  for (auto at = log.find(kFile); at != std::string_view::npos; at = log.find(kFile)) {
    log.remove_prefix(at + kFile.size());
    const auto end = log.find("\", line ");
    if (end == std::string_view::npos) return {};
    const auto file = fs::path(log.substr(0, end)).lexically_relative(project);
    log.remove_prefix(end + std::strlen("\", line "));
    const bool inside = !file.empty() && *file.begin() != "..";
    if (!inside || file.string().contains("site-packages")) continue;
    return fmt::format(" at {}:{}", file.string(), log.substr(0, log.find(' ')));
  }
  return {};
}

/// How the import ended, when it did not end well.
Error Failure(const ChildOutcome& outcome, const std::string& what, const std::string& project,
              Duration took) {
  const std::string place = LastPlace(outcome.log, project);
  const std::string words = LastWords(outcome.log);
  Error error;
  if (outcome.ended == ErrorKind::kDeadlineExceeded) {
    error.kind = ErrorKind::kDeadlineExceeded;
    error.message = fmt::format("{} ran out of time after {:.0f} s and was ended{}{}", what,
                                std::chrono::duration<double>(took).count(), place, words);
  } else if (outcome.ended) {
    error.kind = *outcome.ended;
    error.message = what + " was cancelled" + place;
  } else {
    error.kind = ErrorKind::kInvalid;
    const bool by_signal = outcome.exit_code > kSignalled;
    const int number = by_signal ? outcome.exit_code - kSignalled : outcome.exit_code;
    error.message = fmt::format("{} {} {}{}{}", what,
                                by_signal ? "was ended by signal" : "ended the process with",
                                number, place, words);
  }
  return error;
}

/// The part of the last line that is the document: definitions cannot write to it.
Result<std::string> Export(const BuildRequest& request, std::string& log,
                           const Deadline& deadline) {
  const std::string python = PythonOf(request);
  ChildRequest child{{python, "-m", "neuralake.export", request.module},
                     request.project,
                     PythonEnvironment(request),
                     kManifestBytesMax};
  const std::string what = fmt::format("importing {} with {}", request.module, python);
  const MonoTime begun = deadline.clock().Mono();
  auto outcome = RunChild(child, deadline);
  if (!outcome) return Annotate(std::move(outcome).error(), what);
  if (outcome->ended || outcome->exit_code != 0) {
    const Duration took = deadline.clock().Mono() - begun;
    return std::unexpected(Failure(*outcome, what, request.project, took));
  }
  log = std::move(outcome->log);
  return std::move(outcome->output);
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
