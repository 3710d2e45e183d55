#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <system_error>

#include "commands.h"
#include "init_sample.h"
#include <nlohmann/json.hpp>

namespace neuralake::app {
namespace {

namespace fs = std::filesystem;

/// Make the folder, or take it when it is there and empty.
Status TakeFolder(const fs::path& folder) {
  std::error_code failure;
  if (fs::exists(folder, failure) && !fs::is_directory(folder, failure)) {
    return Fail(ErrorKind::kAlreadyExists, folder.string() + " is not a folder");
  }
  if (fs::is_directory(folder, failure) && !fs::is_empty(folder, failure)) {
    return Fail(ErrorKind::kAlreadyExists,
                folder.string() + " is not empty; name a folder that is new or empty");
  }
  fs::create_directories(folder, failure);
  if (failure) {
    return Fail(ErrorKind::kUnavailable,
                "cannot make " + folder.string() + ": " + failure.message());
  }
  return {};
}

Status WriteSample(const fs::path& folder) {
  for (const SampleFile& sample : SampleFiles()) {
    const fs::path path = folder / sample.path;
    std::error_code failure;
    fs::create_directories(path.parent_path(), failure);
    std::ofstream file(path, std::ios::binary);
    file << sample.text;
    file.close();
    if (!file) return Fail(ErrorKind::kUnavailable, "cannot write " + path.string());
  }
  return {};
}

void PrintNextSteps(const std::string& folder) {
  std::cout << "made a project in " << folder << ":\n";
  for (const SampleFile& sample : SampleFiles()) std::cout << "  " << sample.path << "\n";
  std::cout << "\nnext:\n"
               "  cd "
            << folder
            << "\n"
               "  neuralake catalog build     check lake/aviation.py and write the manifest\n"
               "  neuralake sql -c 'SELECT * FROM aviation.airlines'\n"
               "  neuralake up                serve it: HTTP, Postgres protocol, pages, pushes\n";
}

int Init(const std::string& folder, bool json) {
  Status done = TakeFolder(folder);
  if (done) done = WriteSample(folder);
  if (!done) return Report(done.error(), json);
  if (!json) {
    PrintNextSteps(folder);
    return 0;
  }
  auto files = nlohmann::ordered_json::array();
  for (const SampleFile& sample : SampleFiles()) files.push_back(sample.path);
  std::cout << nlohmann::ordered_json(
                   {{"project", fs::absolute(folder).string()}, {"files", files}})
                   .dump(2)
            << "\n";
  return 0;
}

}  // namespace

void AddInit(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand("init", "A project with a sample catalog");
  auto folder = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  command->add_option("DIR", *folder, "A folder that is new or empty")->required();
  command->add_flag("--json", *json, "For machines");
  command->callback([folder, json, &outcome] { outcome.exit_code = Init(*folder, *json); });
}

}  // namespace neuralake::app
