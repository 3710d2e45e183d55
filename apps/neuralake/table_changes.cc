#include "commands.h"
#include "local_engine.h"
#include "table_command.h"
#include "table_rows.h"
#include <fmt/format.h>

#include "neuralake/delta/change_rows.h"
#include "neuralake/engine/engine.h"

namespace neuralake::app {
namespace {

struct ChangesArguments {
  std::string uri;
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
  std::string from_timestamp;
  std::string to_timestamp;
  RowsTarget target;
};

/// The first version at or after the time `text`.
Result<delta::Version> VersionFrom(delta::Table& table, const std::string& text,
                                   const Deadline& deadline) {
  const auto time = TRY(ParseTime(text));
  const auto found = table.AtTime(time, deadline);
  if (!found && found.error().kind == ErrorKind::kNotFound) return 0;
  const auto snapshot = TRY(found);
  return snapshot->timestamp() == time ? snapshot->version() : snapshot->version() + 1;
}

Result<delta::ChangePlan> Plan(delta::Table& table, const ChangesArguments& arguments,
                               const Deadline& deadline) {
  if (!arguments.from && arguments.from_timestamp.empty()) {
    return Fail(ErrorKind::kInvalid, "--from or --from-timestamp says where the changes begin");
  }
  const auto from = arguments.from ? *arguments.from
                                   : TRY(VersionFrom(table, arguments.from_timestamp, deadline));
  if (arguments.to) return delta::PlanChanges(table, from, *arguments.to, deadline);
  if (arguments.to_timestamp.empty()) {
    const auto latest = TRY(table.Latest(deadline));
    return delta::PlanChanges(table, from, latest->version(), deadline);
  }
  const auto last = TRY(table.AtTime(TRY(ParseTime(arguments.to_timestamp)), deadline));
  return delta::PlanChanges(table, from, last->version(), deadline);
}

/// The columns of the table and of the feed.
std::string Select(const delta::Metadata& metadata) {
  std::string sql = "SELECT ";
  for (const auto& field : metadata.schema.fields) sql += Quoted(field.name, '"') + ", ";
  return sql + fmt::format("coalesce({0}, {1}) AS {0}, {2}, {3} FROM lake.changes",
                           Quoted(delta::kChangeType, '"'), Quoted(delta::kChangeKind, '"'),
                           Quoted(delta::kCommitVersion, '"'),
                           Quoted(delta::kCommitTimestamp, '"'));
}

Status Changes(const ChangesArguments& arguments) {
  TRY(arguments.target.Check());
  const auto deadline = Deadline::Never(StopOnSignals());
  const auto table = TRY(OpenTable(arguments.uri));
  const auto plan = TRY(Plan(*table, arguments, deadline));
  const auto changes = TRY(delta::ChangeTable(plan, *table, deadline));
  engine::EngineOptions options;
  options.open_table = [&changes](const std::string&) {
    return Result<std::shared_ptr<delta::Table>>(changes);
  };
  const auto engine = TRY(engine::Engine::Open(std::move(options)));
  engine->SetCatalog(TRY(AdHocCatalog({"changes=" + arguments.uri})));
  return WriteRows(*engine, Select(plan.end->metadata()), arguments.target, deadline);
}

}  // namespace

void AddTableChanges(CLI::App& app, Outcome& outcome) {
  auto* command = TableGroup(app).add_subcommand("changes",
                                                 "The rows that each version inserted, deleted or "
                                                 "updated (change data feed)");
  auto arguments = std::make_shared<ChangesArguments>();
  AddLocation(*command, arguments->uri);
  auto* from =
      command->add_option("--from", arguments->from, "The first version")->check(NotNegative());
  auto* to = command->add_option("--to", arguments->to, "The last version; the newest by default")
                 ->check(NotNegative());
  command
      ->add_option("--from-timestamp", arguments->from_timestamp,
                   "From the first version at or after this time (ISO)")
      ->excludes(from);
  command
      ->add_option("--to-timestamp", arguments->to_timestamp,
                   "To the last version at or before this time (ISO)")
      ->excludes(to);
  arguments->target.AddTo(*command);
  command->callback([arguments, &outcome] {
    const auto done = Changes(*arguments);
    if (!done) outcome.exit_code = Report(done.error(), arguments->target.json);
  });
}

}  // namespace neuralake::app
