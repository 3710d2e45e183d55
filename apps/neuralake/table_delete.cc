#include <memory>
#include <string>

#include "commands.h"
#include "local_engine.h"
#include "table_command.h"
#include "table_rows.h"

namespace neuralake::app {
namespace {

struct DeleteArguments {
  std::string uri;
  RowsChoice rows;
  bool json = false;
};

Status Run(const DeleteArguments& arguments) {
  const auto deadline = Deadline::Never(StopOnSignals());
  const auto engine = TRY(LocalEngine(TRY(AdHocCatalog({"t=" + arguments.uri})), "."));
  return ChangeRows(*engine, "DELETE FROM lake.t" + WhereClause(arguments.rows.where),
                    arguments.uri, "deleted", arguments.json, deadline);
}

}  // namespace

void AddTableDelete(CLI::App& app, Outcome& outcome) {
  auto* command = TableGroup(app).add_subcommand("delete", "Delete rows");
  auto arguments = std::make_shared<DeleteArguments>();
  AddLocation(*command, arguments->uri);
  arguments->rows.AddTo(*command);
  command->add_flag("--json", arguments->json, "What was done, and errors, as JSON");
  command->callback([arguments, &outcome] {
    arguments->rows.Check();
    if (const auto done = Run(*arguments); !done.has_value()) {
      outcome.exit_code = Report(done.error(), arguments->json);
    }
  });
}

}  // namespace neuralake::app
