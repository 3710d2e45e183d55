#include <memory>
#include <sstream>

#include "answer.h"
#include "commands.h"
#include "local_engine.h"

namespace neuralake::app {
namespace {

struct ScanArguments {
  std::string uri;
  std::optional<std::int64_t> version;
  std::string timestamp;
  std::string columns;
  std::string where;
  std::string output;
  std::string format = "table";
  bool json = false;
};

std::string Quoted(const std::string& text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

std::string ColumnList(const std::string& columns) {
  if (columns.empty()) return "*";
  std::istringstream in(columns);
  std::string list;
  for (std::string name; std::getline(in, name, ',');) {
    list += (list.empty() ? "" : ", ") + Quoted(name, '"');
  }
  return list;
}

std::string ScanSql(const ScanArguments& arguments) {
  std::string sql = "SELECT " + ColumnList(arguments.columns) + " FROM lake.t";
  if (arguments.version) {
    sql += " AT (VERSION => " + std::to_string(*arguments.version) + ")";
  } else if (!arguments.timestamp.empty()) {
    sql += " AT (TIMESTAMP => " + Quoted(arguments.timestamp, '\'') + ")";
  }
  if (!arguments.where.empty()) sql += " WHERE " + arguments.where;
  return sql;
}

/// `error` with the location of the table, unless it names it.
Error Located(Error error, const std::string& uri) {
  const auto location = Uri::Parse(uri);
  const std::string name = location ? location->ToString() : uri;
  if (error.message.contains(name)) return error;
  return Annotate(std::move(error), "table " + name).error();
}

Status Scan(const ScanArguments& arguments) {
  if (!arguments.output.empty()) TRY(FormatOfFile(arguments.output));
  const auto engine = TRY(LocalEngine(TRY(AdHocCatalog({"t=" + arguments.uri})), "."));
  engine::Statement statement;
  statement.sql = ScanSql(arguments);
  auto stream = engine->Execute(statement, {}, {}, Deadline::Never());
  if (!stream.has_value()) {
    // The statement was made here: a place in it would mean nothing to the reader.
    stream.error().position = -1;
    return std::unexpected(stream.error());
  }
  if (arguments.output.empty()) return PrintAnswer(**stream, arguments.format);
  return SaveAnswer(**stream, arguments.output);
}

Status Run(const ScanArguments& arguments) {
  auto done = Scan(arguments);
  if (!done) done.error() = Located(std::move(done).error(), arguments.uri);
  return done;
}

}  // namespace

void AddTableScan(CLI::App& app, Outcome& outcome) {
  auto& table = Group(app, "table", "Work on one Delta table by its location");
  auto* command = table.add_subcommand("scan", "Read rows");
  auto arguments = std::make_shared<ScanArguments>();
  command->add_option("uri", arguments->uri, "A path, file://… or s3://…")->required();
  auto* version = command->add_option("--version", arguments->version, "As of this version");
  command->add_option("--timestamp", arguments->timestamp, "As of this time (ISO 8601, UTC)")
      ->excludes(version);
  command->add_option("--columns", arguments->columns, "Only these, separated by commas");
  command->add_option("--where", arguments->where, "Only rows for which this SQL condition holds");
  command->add_option("--output", arguments->output,
                      "A file: .parquet, .arrow, .csv, .ndjson or .json");
  command->add_option("--format", arguments->format, kFormats)->capture_default_str();
  command->add_flag("--json", arguments->json, "Errors as JSON");
  command->callback([arguments, &outcome] {
    if (const auto done = Run(*arguments); !done.has_value()) {
      outcome.exit_code = Report(done.error(), arguments->json);
    }
  });
}

}  // namespace neuralake::app
