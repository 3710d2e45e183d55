#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "local_engine.h"
#include "table_command.h"
#include "table_rows.h"

namespace neuralake::app {
namespace {

struct UpdateArguments {
  std::string uri;
  std::vector<std::string> set;
  RowsChoice rows;
  bool json = false;
};

/// `a = 1, b = lower(c)` of `column=expression` texts.
Result<std::string> Assignments(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Fail(ErrorKind::kInvalid, "--set takes column=expression, not " + text);
    }
    const std::string column = text.substr(0, text.find_last_not_of(' ', equals - 1) + 1);
    list +=
        (list.empty() ? "" : ", ") + Quoted(column, '"') + " = (" + text.substr(equals + 1) + "\n)";
  }
  return list;
}

Status Run(const UpdateArguments& arguments) {
  const auto set = TRY(Assignments(arguments.set));
  const auto deadline = Deadline::Never(StopOnSignals());
  const auto engine = TRY(LocalEngine(TRY(AdHocCatalog({"t=" + arguments.uri})), "."));
  return ChangeRows(*engine, "UPDATE lake.t SET " + set + WhereClause(arguments.rows.where),
                    arguments.uri, "updated", arguments.json, deadline);
}

}  // namespace

void AddTableUpdate(CLI::App& app, Outcome& outcome) {
  auto* command = TableGroup(app).add_subcommand("update", "Change values of rows");
  auto arguments = std::make_shared<UpdateArguments>();
  AddLocation(*command, arguments->uri);
  command->add_option("--set", arguments->set, "column=expression in SQL; may come several times")
      ->required();
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
