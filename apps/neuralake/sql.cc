#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

#include "answer.h"
#include "commands.h"
#include "local_engine.h"
#include <unistd.h>

namespace neuralake::app {
namespace {

struct SqlArguments {
  std::string command;
  bool has_command = false;
  std::string file;
  std::string format = "table";
  std::string project = ".";
  std::string manifest;
  std::vector<std::string> tables;
  std::vector<std::string> parameters;
  bool json = false;
};

Result<std::string> ReadText(std::istream& in, const std::string& name) {
  if (!in) return Fail(ErrorKind::kNotFound, "cannot read " + name);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// The statement of `-c` or `-f`, else what is piped in. From a terminal it is read only when `-f
/// -` says so: without it, the command would stand there as if it did something.
Result<std::string> StatementText(const SqlArguments& arguments) {
  std::string text = arguments.command;
  if (!arguments.file.empty() && arguments.file != "-") {
    std::ifstream in(arguments.file, std::ios::binary);
    text = TRY(ReadText(in, arguments.file));
  } else if (arguments.file == "-" || (!arguments.has_command && isatty(STDIN_FILENO) == 0)) {
    text = TRY(ReadText(std::cin, "standard input"));
  }
  if (!IsBlank(text)) return text;
  return Fail(
      ErrorKind::kInvalid,
      arguments.has_command || !arguments.file.empty()
          ? "the statement is empty"
          : "no statement: give one with -c or -f, or pipe it in (see neuralake sql --help)");
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

/// What the command line says, before anything is looked at but the statement's file.
Result<engine::Statement> Prepare(const SqlArguments& arguments) {
  engine::Statement statement;
  for (const auto& parameter : arguments.parameters) TRY(AddParameter(parameter, statement));
  statement.sql = TRY(StatementText(arguments));
  return statement;
}

Status Run(const SqlArguments& arguments, const engine::Statement& statement) {
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
  auto* text = command->add_option("-c,--command", arguments->command, "The statement");
  command->add_option("-f,--file", arguments->file, "A file with the statement; - for stdin")
      ->excludes(text);
  command->add_option("--format", arguments->format, kFormats)
      ->capture_default_str()
      ->check(CLI::IsMember(FormatNames()));
  command->add_option("--param", arguments->parameters, "A parameter: name=value or number=value");
  command->add_option("--project", arguments->project, "A folder of the project");
  command->add_option("--catalog", arguments->manifest, "A manifest, in place of the project's");
  command->add_option("--table", arguments->tables,
                      "name=URI: ask this Delta table as lake.name, without a catalog");
  command->add_flag("--json", arguments->json, "Errors as JSON");
  command->callback([arguments, text, &outcome] {
    arguments->has_command = text->count() > 0;
    const auto statement = Prepare(*arguments);
    if (!statement.has_value()) {
      outcome.exit_code = Report(statement.error(), arguments->json);
      // Nothing was looked at but what the user said.
      if (statement.error().kind == ErrorKind::kInvalid) outcome.exit_code = kWrongUsage;
      return;
    }
    if (const auto done = Run(*arguments, *statement); !done.has_value()) {
      outcome.exit_code = Report(done.error(), arguments->json);
    }
  });
}

}  // namespace neuralake::app
