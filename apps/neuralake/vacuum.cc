#include "neuralake/maintain/vacuum.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "commands.h"
#include "upkeep.h"
#include <fmt/format.h>

namespace neuralake::app {
namespace {

struct VacuumArguments {
  UpkeepArguments upkeep;
  bool full = false;
  std::string retention;
  bool allow_shorter = false;
};

/// When a table was last looked at, so that a round does not do again what the last one did.
struct LastVacuum {
  WallTime horizon = WallTime::min();
  std::optional<MonoTime> full;
};

std::string TextOf(const std::string& table, const char* done,
                   const maintain::VacuumReport& report) {
  const auto count = [](const auto& files) {
    return Counted(static_cast<std::int64_t>(files.size()), "file");
  };
  if (report.files.empty() && report.log_files.empty()) return table + ": nothing to delete";
  std::string text =
      fmt::format("{}: {} {} ({})", table, done, count(report.files), FormatBytes(report.bytes));
  if (!report.log_files.empty()) text += fmt::format(", {} of the log", count(report.log_files));
  return text;
}

void Print(const UpkeepArguments& arguments, const std::string& table,
           const maintain::VacuumReport& report) {
  const bool idle = report.files.empty() && report.log_files.empty();
  if (idle && !arguments.IsSingle()) return;
  std::string text = TextOf(table, arguments.dry_run ? "would delete" : "deleted", report);
  nlohmann::ordered_json json = {{"table", table},
                                 {"dryRun", arguments.dry_run},
                                 {"filesDeleted", report.files.size()},
                                 {"bytesDeleted", report.bytes},
                                 {"logFilesDeleted", report.log_files.size()}};
  if (arguments.dry_run) {
    const auto name = [&text](const std::vector<maintain::DoomedFile>& files) {
      auto keys = nlohmann::ordered_json::array();
      for (const auto& file : files) {
        text += "\n  " + file.key;
        keys.push_back(file.key);
      }
      return keys;
    };
    json["files"] = name(report.files);
    json["logFiles"] = name(report.log_files);
  }
  PrintTurn(arguments, text, json);
}

/// The text of `--retention` read as the setting is.
Result<std::optional<std::chrono::milliseconds>> ExactRetention(const VacuumArguments& arguments) {
  if (arguments.retention.empty()) return std::nullopt;
  auto loaded = settings::Load({"/", {}, {{"vacuum.retention", arguments.retention}}});
  if (!loaded.has_value()) {
    return Fail(ErrorKind::kInvalid,
                "--retention " + arguments.retention + " is not a duration such as 168h or 7d");
  }
  return loaded->settings.vacuum.retention;
}

Result<int> Run(const VacuumArguments& arguments) {
  const auto stop = StopOnSignals();
  const auto loaded = TRY(UpkeepSettings(arguments.upkeep));
  const auto& settings = loaded.settings.vacuum;
  const auto exact = TRY(ExactRetention(arguments));
  const bool once = arguments.upkeep.IsSingle();
  std::map<std::string, LastVacuum> done;
  const auto turn = [&](const maintain::Target& target, delta::Table& table,
                        const Deadline& deadline) -> Status {
    auto& last = done[target.uri];
    const auto now = deadline.clock().Mono();
    const bool due = settings.full_interval.count() > 0 &&
                     (!last.full || now - *last.full >= settings.full_interval);
    maintain::VacuumOptions options;
    const bool full = arguments.full || (!once && due);
    options.mode = full ? maintain::VacuumMode::kFull : maintain::VacuumMode::kLog;
    options.retention = settings.retention;
    options.exact_retention = exact;
    options.allow_shorter = arguments.allow_shorter;
    options.plan_only = arguments.upkeep.dry_run;
    options.since = last.horizon;
    const auto report = TRY(maintain::Vacuum(table, options, deadline));
    Print(arguments.upkeep, target.name, report);
    last.horizon = report.horizon;
    if (full) last.full = now;
    return {};
  };
  // What the last round found too young must still be known in the next one.
  const auto grace = exact.value_or(settings.retention) + 2 * settings.interval;
  const UpkeepRounds rounds{
      .interval = settings.interval,
      .tombstone_grace = std::max(grace, delta::TableOptions{}.tombstone_grace)};
  return RunUpkeep(arguments.upkeep, loaded, rounds, stop, turn);
}

}  // namespace

void AddVacuum(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand(
      "vacuum", "Delete files that no version within retention needs, at a cadence or once");
  auto arguments = std::make_shared<VacuumArguments>();
  arguments->upkeep.AddTo(*command);
  command->add_flag("--full", arguments->full,
                    "List the folder too: finds files that no commit names, and commits past the "
                    "log's retention");
  command->add_option("--retention", arguments->retention,
                      "Keep removed files so long (168h, 7d), in place of what settings and table "
                      "say");
  command->add_flag("--allow-shorter-retention", arguments->allow_shorter,
                    "Let --retention be shorter than the table's, and --full take files younger "
                    "than a day that no commit names: readers of older versions, and writers that "
                    "run now, may lose files");
  command->callback([arguments, &outcome] {
    const auto done = Run(*arguments);
    outcome.exit_code = done.has_value() ? *done : Report(done.error(), arguments->upkeep.json);
  });
}

}  // namespace neuralake::app
