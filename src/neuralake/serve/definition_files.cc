#include "neuralake/serve/definition_files.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

namespace fs = std::filesystem;

/// The Python files of `folder`, not of folders in it, at most `kDefinitionFilesMax`.
std::set<std::string> PythonFiles(const fs::path& folder) {
  std::set<std::string> files;
  std::error_code failure;
  fs::directory_iterator entries(folder, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    if (entries->path().extension() != ".py") continue;
    files.insert(entries->path().string());
    if (files.size() >= kDefinitionFilesMax) break;
  }
  return files;
}

}  // namespace

FileStamp StampOf(const std::string& path) {
  struct stat found{};
  if (stat(path.c_str(), &found) != 0) return {};
  return {found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec, found.st_size,
          found.st_ino};
}

DefinitionFiles::DefinitionFiles(std::string project, std::string_view module)
    : project_(std::move(project)) {
  folders_.insert("");
  folders_.emplace(module.substr(0, module.find_first_of(":.")));
}

void DefinitionFiles::Add(const std::vector<std::string>& sources) {
  for (const std::string& source : sources) {
    folders_.insert(fs::path(source).parent_path().string());
    files_.insert((fs::path(project_) / source).string());
  }
}

DefinitionFiles::Stamps DefinitionFiles::Look() const {
  Stamps stamps;
  for (const std::string& file : files_) stamps.emplace(file, StampOf(file));
  for (const std::string& folder : folders_) {
    for (const std::string& file : PythonFiles(fs::path(project_) / folder)) {
      stamps.emplace(file, StampOf(file));
    }
  }
  return stamps;
}

}  // namespace neuralake::serve
