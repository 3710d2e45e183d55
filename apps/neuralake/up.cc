#include <climits>
#include <iostream>

#include "commands.h"
#include "project.h"
#include <unistd.h>

#include "neuralake/supervise/run_lock.h"
#include "neuralake/supervise/supervisor.h"

namespace neuralake::app {
namespace {

/// The path of the running program.
Result<std::string> Self() {
  char path[PATH_MAX];
  const auto size = readlink("/proc/self/exe", path, sizeof(path));
  if (size <= 0) return Fail(ErrorKind::kInternal, "cannot tell where this program lies");
  return std::string(path, static_cast<std::size_t>(size));
}

Status Up(const std::string& folder) {
  const auto stop = StopOnSignals();
  // Every problem of the settings is shown once here, not by each child.
  const auto loaded = TRY(LoadProject(folder));
  const auto lock = TRY(supervise::RunLock::Take(UpLock(loaded), "project " + loaded.project));
  // The children start at once, and each of them needs the manifest.
  TRY(FirstCatalog(BuildRequestOf(loaded), stop));
  const auto self = TRY(Self());
  std::vector<supervise::Child> children;
  for (const std::string name : {"ingest", "serve", "compact", "vacuum"}) {
    // What is there can be asked about while, say, a damaged log keeps ingest from starting.
    children.push_back({.name = name,
                        .arguments = {self, name, "--project", loaded.project},
                        .essential = name == "serve"});
  }
  return supervise::Supervise(children, {}, stop,
                              [](const std::string& line) { std::cout << line << std::endl; });
}

}  // namespace

void AddUp(CLI::App& app, Outcome& outcome) {
  auto* command =
      app.add_subcommand("up", "Serve, ingest, compact and vacuum, each in a process, supervised");
  auto folder = std::make_shared<std::string>(".");
  command->add_option("--project", *folder, "A folder of the project");
  command->callback([folder, &outcome] {
    if (const auto done = Up(*folder); !done.has_value()) outcome.exit_code = Report(done.error());
  });
}

}  // namespace neuralake::app
