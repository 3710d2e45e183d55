#include "commands.h"
#include "table_command.h"
#include <fmt/format.h>

namespace neuralake::app {
namespace {

struct CreateArguments {
  std::string uri;
  std::string schema;
  std::string partition_by;
  std::vector<std::string> properties;
  std::string name;
  std::string description;
  bool json = false;
};

Status Create(const CreateArguments& arguments) {
  delta::Metadata metadata;
  metadata.schema = TRY(ReadSchema(arguments.schema));
  metadata.configuration = TRY(ParseProperties(arguments.properties));
  if (!arguments.partition_by.empty()) {
    metadata.partition_columns = SplitNames(arguments.partition_by);
  }
  if (!arguments.name.empty()) metadata.name = arguments.name;
  if (!arguments.description.empty()) metadata.description = arguments.description;
  delta::CommitInfo info;
  info.operation = "CREATE TABLE";
  const auto table = TRY(OpenTable(arguments.uri));
  const auto outcome =
      TRY(table->Create(std::move(metadata), {}, std::move(info), Deadline::Never()));
  if (arguments.json) {
    PrintLine({{"version", outcome.version}, {"id", outcome.snapshot->metadata().id}});
  } else {
    const auto columns = outcome.snapshot->metadata().schema.fields.size();
    fmt::print("created {} with {}\n", table->store()->root().ToString(),
               Counted(static_cast<std::int64_t>(columns), "column"));
  }
  return {};
}

}  // namespace

void AddTableCreate(CLI::App& app, Outcome& outcome) {
  auto* command = TableGroup(app).add_subcommand("create", "Create an empty table");
  auto arguments = std::make_shared<CreateArguments>();
  AddLocation(*command, arguments->uri);
  command
      ->add_option("--schema", arguments->schema,
                   "Columns, 'id BIGINT NOT NULL, name STRING'; or a file with them or with "
                   "Delta's schema JSON")
      ->required();
  command->add_option("--partition-by", arguments->partition_by, "Columns, separated by commas");
  command->add_option("--property", arguments->properties, "A table property: key=value");
  command->add_option("--name", arguments->name, "What the table is called");
  command->add_option("--description", arguments->description, "What the table is about");
  command->add_flag("--json", arguments->json, "One JSON object");
  command->callback([arguments, &outcome] {
    const auto done = Create(*arguments);
    if (!done) outcome.exit_code = Report(done.error(), arguments->json);
  });
}

}  // namespace neuralake::app
