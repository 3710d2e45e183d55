#include "commands.h"
#include "table_command.h"
#include <fmt/format.h>

namespace neuralake::app {
namespace {

using Json = nlohmann::ordered_json;

struct HistoryArguments {
  std::string uri;
  std::int64_t limit = 0;
  bool json = false;
};

constexpr std::int64_t kLimitDefault = 100;

Json EntryJson(const delta::HistoryEntry& entry) {
  const auto& info = entry.info;
  Json json = {{"version", entry.version},
               {"timestamp", FormatTime(entry.timestamp)},
               {"operation", info.operation}};
  json["operationParameters"] = info.operation_parameters;
  json["operationMetrics"] = info.operation_metrics;
  if (info.read_version) json["readVersion"] = *info.read_version;
  if (info.isolation_level) json["isolationLevel"] = *info.isolation_level;
  if (info.is_blind_append) json["isBlindAppend"] = *info.is_blind_append;
  if (info.engine_info) json["engineInfo"] = *info.engine_info;
  if (info.txn_id) json["txnId"] = *info.txn_id;
  return json;
}

std::string Parameters(const delta::CommitInfo& info) {
  std::string text;
  for (const auto& [key, value] : info.operation_parameters) {
    text.append(text.empty() ? "" : ", ").append(key).append("=").append(value);
  }
  return text;
}

Status History(const HistoryArguments& arguments) {
  const auto table = TRY(OpenTable(arguments.uri));
  const auto entries =
      TRY(table->History(static_cast<std::size_t>(arguments.limit), Deadline::Never()));
  for (const auto& entry : entries) {
    if (arguments.json) {
      PrintLine(EntryJson(entry));
    } else {
      fmt::print("{:>8}  {}  {:<16}  {}\n", entry.version, FormatTime(entry.timestamp),
                 entry.info.operation.empty() ? "-" : entry.info.operation, Parameters(entry.info));
    }
  }
  return {};
}

}  // namespace

void AddTableHistory(CLI::App& app, Outcome& outcome) {
  auto* command = TableGroup(app).add_subcommand("history", "The commits of a table, newest first");
  auto arguments = std::make_shared<HistoryArguments>();
  AddLocation(*command, arguments->uri);
  command->add_option("--limit", arguments->limit, "How many commits at most")
      ->default_val(kLimitDefault)
      ->check(NotNegative());
  command->add_flag("--json", arguments->json, "One JSON object a line");
  command->callback([arguments, &outcome] {
    const auto done = History(*arguments);
    if (!done) outcome.exit_code = Report(done.error(), arguments->json);
  });
}

}  // namespace neuralake::app
