#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "local_engine.h"
#include "table_command.h"
#include "table_rows.h"

namespace neuralake::app {
namespace {

struct MergeArguments {
  std::string uri;
  std::string source;
  std::string on;
  std::vector<std::string> when;
  bool json = false;
};

std::string MergeSql(const MergeArguments& arguments) {
  std::string sql = "MERGE INTO lake.t AS t USING lake.s AS s ON (" + arguments.on + "\n)";
  for (const std::string& clause : arguments.when) sql += " WHEN " + clause + "\n";
  return sql;
}

Status Run(const MergeArguments& arguments) {
  const auto deadline = Deadline::Never(StopOnSignals());
  const auto catalog = TRY(AdHocCatalog({"t=" + arguments.uri, "s=" + arguments.source}));
  const auto engine = TRY(LocalEngine(catalog, "."));
  return ChangeRows(*engine, MergeSql(arguments), arguments.uri, "merged", arguments.json,
                    deadline);
}

}  // namespace

void AddTableMerge(CLI::App& app, Outcome& outcome) {
  auto* command =
      TableGroup(app).add_subcommand("merge", "Change, delete and insert rows by another table");
  auto arguments = std::make_shared<MergeArguments>();
  AddLocation(*command, arguments->uri);
  command->add_option("--source", arguments->source, "The other Delta table: s in the conditions")
      ->required();
  command->add_option("--on", arguments->on, "Which rows match: t.id = s.id")->required();
  command
      ->add_option("--when", arguments->when,
                   "A clause of MERGE in SQL, such as \"MATCHED THEN DELETE\" or \"NOT MATCHED "
                   "THEN INSERT *\"; may come several times, the first that fits counts")
      ->required();
  command->add_flag("--json", arguments->json, "What was done, and errors, as JSON");
  command->callback([arguments, &outcome] {
    if (const auto done = Run(*arguments); !done.has_value()) {
      outcome.exit_code = Report(done.error(), arguments->json);
    }
  });
}

}  // namespace neuralake::app
