#include "commands.h"
#include "table_command.h"
#include <fmt/format.h>

namespace neuralake::app {
namespace {

struct CheckpointArguments {
  std::string uri;
  bool json = false;
};

Status Checkpoint(const CheckpointArguments& arguments) {
  const auto deadline = Deadline::Never(StopOnSignals());
  const auto table = TRY(OpenTable(arguments.uri));
  const auto snapshot = TRY(table->Latest(deadline));
  TRY(table->Checkpoint(*snapshot, deadline));
  if (arguments.json) {
    PrintLine({{"version", snapshot->version()}, {"files", snapshot->files().count()}});
  } else {
    fmt::print("checkpoint of version {} with {} files\n", snapshot->version(),
               snapshot->files().count());
  }
  return {};
}

}  // namespace

void AddTableCheckpoint(CLI::App& app, Outcome& outcome) {
  auto* command =
      TableGroup(app).add_subcommand("checkpoint", "Write a checkpoint of the newest version");
  auto arguments = std::make_shared<CheckpointArguments>();
  AddLocation(*command, arguments->uri);
  command->add_flag("--json", arguments->json, "One JSON object");
  command->callback([arguments, &outcome] {
    const auto done = Checkpoint(*arguments);
    if (!done) outcome.exit_code = Report(done.error(), arguments->json);
  });
}

}  // namespace neuralake::app
