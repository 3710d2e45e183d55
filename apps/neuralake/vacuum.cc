#include "neuralake/maintain/vacuum.h"

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

void Print(const UpkeepArguments& arguments, const std::string& table,
           const maintain::VacuumReport& report) {
  if (report.files.empty()) return;
  std::string text =
      fmt::format("{}: {} {} files ({})", table, arguments.dry_run ? "would delete" : "deleted",
                  report.files.size(), FormatBytes(report.bytes));
  nlohmann::ordered_json json = {{"table", table},
                                 {"dryRun", arguments.dry_run},
                                 {"filesDeleted", report.files.size()},
                                 {"bytesDeleted", report.bytes}};
  if (arguments.dry_run) {
    auto files = nlohmann::ordered_json::array();
    for (const auto& file : report.files) {
      text += "\n  " + file.key;
      files.push_back(file.key);
    }
    json["files"] = std::move(files);
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
  const bool once = arguments.upkeep.once || arguments.upkeep.dry_run;
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
  return RunUpkeep(arguments.upkeep, loaded, settings.interval, stop, turn);
}

}  // namespace

void AddVacuum(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand(
      "vacuum", "delete files that no version within retention needs, at a cadence or once");
  auto arguments = std::make_shared<VacuumArguments>();
  arguments->upkeep.AddTo(*command);
  command->add_flag("--full", arguments->full,
                    "List the folder too: finds files that no commit names");
  command->add_option("--retention", arguments->retention,
                      "Keep removed files so long (168h, 7d), in place of what settings and table "
                      "say");
  command->add_flag("--allow-shorter-retention", arguments->allow_shorter,
                    "Let --retention be shorter than the table's: readers of older versions, and "
                    "writers that run now, may lose files");
  command->callback([arguments, &outcome] {
    const auto done = Run(*arguments);
    outcome.exit_code = done.has_value() ? *done : Report(done.error(), arguments->upkeep.json);
  });
}

}  // namespace neuralake::app
