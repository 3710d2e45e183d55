#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "commands.h"
#include "table_command.h"
#include <fmt/format.h>

namespace neuralake::app {
namespace {

struct Arguments {
  std::string uri;
  std::string schema;
  std::string partition_by;
  std::vector<std::string> properties;
  std::string name;
  std::string description;
  bool json = false;
};

/// A file with Delta's schema JSON or with DDL, or DDL itself.
Result<columnar::Schema> ReadSchema(const std::string& argument) {
  std::string text = argument;
  std::error_code failure;
  if (std::filesystem::is_regular_file(argument, failure)) {
    std::ifstream in(argument, std::ios::binary);
    if (!in) return Fail(ErrorKind::kInvalid, "cannot read " + argument);
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto start = std::ranges::find_if_not(text, [](unsigned char c) { return isspace(c); });
  const bool is_json = start != text.end() && *start == '{';
  auto schema = is_json ? columnar::ParseSchemaJson(text) : columnar::ParseDdl(text);
  if (!schema) {
    // What a user hands over is wrong, not stored bytes.
    schema.error().kind = ErrorKind::kInvalid;
    return Annotate(std::move(schema).error(), "--schema");
  }
  return schema;
}

Status Create(const Arguments& arguments) {
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
    fmt::print("created {} with {} columns\n", table->store()->root().ToString(),
               outcome.snapshot->metadata().schema.fields.size());
  }
  return {};
}

}  // namespace

void AddTableCreate(CLI::App& app, Outcome& outcome) {
  auto* command = Group(app, "table", "look at and work on Delta tables")
                      .add_subcommand("create", "create an empty table");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("uri", arguments->uri, "path, file:// or s3:// location")->required();
  command
      ->add_option("--schema", arguments->schema,
                   "columns, 'id BIGINT NOT NULL, name STRING'; or a file with them or with "
                   "Delta's schema JSON")
      ->required();
  command->add_option("--partition-by", arguments->partition_by, "columns, separated by commas");
  command->add_option("--property", arguments->properties, "a table property: key=value");
  command->add_option("--name", arguments->name, "what the table is called");
  command->add_option("--description", arguments->description, "what the table is about");
  command->add_flag("--json", arguments->json, "one JSON object");
  command->callback([arguments, &outcome] {
    const auto done = Create(*arguments);
    if (!done) outcome.exit_code = Report(done.error(), arguments->json);
  });
}

}  // namespace neuralake::app
