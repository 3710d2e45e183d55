#include <memory>
#include <optional>

#include "commands.h"
#include "local_engine.h"
#include "table_command.h"
#include "table_rows.h"

namespace neuralake::app {
namespace {

struct ScanArguments {
  std::string uri;
  std::optional<std::int64_t> version;
  std::string timestamp;
  std::string columns;
  std::string where;
  std::optional<std::int64_t> limit;
  RowsTarget target;
};

std::string ColumnList(const std::string& columns) {
  std::string list;
  for (const auto& name : SplitNames(columns)) {
    list += (list.empty() ? "" : ", ") + Quoted(name, '"');
  }
  return list.empty() ? "*" : list;
}

std::string ScanSql(const ScanArguments& arguments) {
  std::string sql = "SELECT " + ColumnList(arguments.columns) + " FROM lake.t";
  if (arguments.version) {
    sql += " AT (VERSION => " + std::to_string(*arguments.version) + ")";
  } else if (!arguments.timestamp.empty()) {
    sql += " AT (TIMESTAMP => " + Quoted(arguments.timestamp, '\'') + ")";
  }
  sql += WhereClause(arguments.where);
  if (arguments.limit) sql += " LIMIT " + std::to_string(*arguments.limit);
  return sql;
}

Status Scan(const ScanArguments& arguments) {
  TRY(arguments.target.Check());
  if (!arguments.timestamp.empty()) TRY(ParseTime(arguments.timestamp));
  const auto deadline = Deadline::Never(StopOnSignals());
  const auto engine = TRY(LocalEngine(TRY(AdHocCatalog({"t=" + arguments.uri})), "."));
  return WriteRows(*engine, ScanSql(arguments), arguments.target, deadline);
}

Status Run(const ScanArguments& arguments) {
  auto done = Scan(arguments);
  if (!done) return std::unexpected(Located(std::move(done).error(), arguments.uri));
  return {};
}

}  // namespace

void AddTableScan(CLI::App& app, Outcome& outcome) {
  auto& table = TableGroup(app);
  auto* command = table.add_subcommand("scan", "Read rows");
  auto arguments = std::make_shared<ScanArguments>();
  AddLocation(*command, arguments->uri);
  auto* version = command->add_option("--version", arguments->version, "As of this version");
  command->add_option("--timestamp", arguments->timestamp, "As of this time (ISO 8601, UTC)")
      ->excludes(version);
  command->add_option("--columns", arguments->columns, "Only these, separated by commas");
  command->add_option("--where", arguments->where, "Only rows for which this SQL condition holds");
  command->add_option("--limit", arguments->limit, "At most so many rows")->check(NotNegative());
  arguments->target.AddTo(*command);
  command->callback([arguments, &outcome] {
    if (const auto done = Run(*arguments); !done.has_value()) {
      outcome.exit_code = Report(done.error(), arguments->target.json);
    }
  });
}

}  // namespace neuralake::app
