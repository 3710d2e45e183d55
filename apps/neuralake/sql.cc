#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include "answer.h"
#include "commands.h"
#include "local_engine.h"

namespace neuralake::app {
namespace {

struct SqlArguments {
  std::string command;
  std::string file;
  std::string format = "table";
  std::string project = ".";
  std::string manifest;
  std::vector<std::string> tables;
  std::vector<std::string> parameters;
  bool json = false;
};

Result<std::string> ReadText(std::istream& in, const std::string& name) {
  if (!in) return Fail(ErrorKind::kInvalid, "cannot read " + name);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<std::string> StatementText(const SqlArguments& arguments) {
  if (!arguments.command.empty()) return arguments.command;
  if (arguments.file.empty() || arguments.file == "-") return ReadText(std::cin, "standard input");
  std::ifstream in(arguments.file, std::ios::binary);
  return ReadText(in, arguments.file);
}

/// `k=v`: a named parameter, or a numbered one when `k` is a number. The value is text; the
/// statement casts it where it needs another type.
Status AddParameter(const std::string& text, engine::Statement& statement) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Fail(ErrorKind::kInvalid, "--param takes name=value, not " + text);
  }
  statement.named[text.substr(0, equals)] = {{columnar::TypeId::kString, 0, 0, {}},
                                             text.substr(equals + 1)};
  return {};
}

Result<catalog::CatalogPtr> CatalogOf(const SqlArguments& arguments) {
  if (!arguments.tables.empty()) return AdHocCatalog(arguments.tables);
  if (!arguments.manifest.empty()) return ManifestCatalog(arguments.manifest);
  return ProjectCatalog(arguments.project);
}

Status Run(const SqlArguments& arguments) {
  engine::Statement statement;
  statement.sql = TRY(StatementText(arguments));
  for (const auto& parameter : arguments.parameters) TRY(AddParameter(parameter, statement));
  const auto catalog = TRY(CatalogOf(arguments));
  // Only now: nothing before it looks for a stop.
  const auto deadline = Deadline::Never(StopOnSignals());
  const auto engine = TRY(LocalEngine(catalog, arguments.project));
  const auto stream = TRY(engine->Execute(statement, {.read = true, .write = true}, {}, deadline));
  return PrintAnswer(*stream, arguments.format);
}

}  // namespace

void AddSql(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand("sql", "Run one SQL statement on the tables of the catalog");
  auto arguments = std::make_shared<SqlArguments>();
  command->add_option("-c,--command", arguments->command, "The statement");
  command->add_option("-f,--file", arguments->file, "A file with the statement; - for stdin");
  command->add_option("--format", arguments->format, kFormats)->capture_default_str();
  command->add_option("--param", arguments->parameters, "A parameter: name=value or number=value");
  command->add_option("--project", arguments->project, "A folder of the project");
  command->add_option("--catalog", arguments->manifest, "A manifest, in place of the project's");
  command->add_option("--table", arguments->tables,
                      "name=URI: ask this Delta table as lake.name, without a catalog");
  command->add_flag("--json", arguments->json, "Errors as JSON");
  command->callback([arguments, &outcome] {
    if (const auto done = Run(*arguments); !done.has_value()) {
      outcome.exit_code = Report(done.error(), arguments->json);
    }
  });
}

}  // namespace neuralake::app
