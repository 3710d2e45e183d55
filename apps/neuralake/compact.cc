#include <memory>

#include "commands.h"
#include "project.h"
#include "upkeep.h"
#include <fmt/format.h>

#include "neuralake/engine/file_reader.h"
#include "neuralake/maintain/compactor.h"

namespace neuralake::app {
namespace {

void Print(const UpkeepArguments& arguments, const std::string& table,
           const maintain::CompactionReport& report) {
  const bool idle = report.files_removed == 0;
  if (idle && !arguments.IsSingle()) return;
  const std::string what = fmt::format(
      "{} ({}) into {} ({})", Counted(static_cast<std::int64_t>(report.files_removed), "file"),
      FormatBytes(report.bytes_removed), report.files_added, FormatBytes(report.bytes_added));
  const std::string text =
      idle                ? table + ": nothing to merge"
      : arguments.dry_run ? fmt::format("{}: would merge {} of at most that size", table, what)
                          : fmt::format("{}: merged {}, version {}", table, what, report.version);
  nlohmann::ordered_json json = {{"table", table},
                                 {"dryRun", arguments.dry_run},
                                 {"filesRemoved", report.files_removed},
                                 {"filesAdded", report.files_added},
                                 {"bytesRemoved", report.bytes_removed},
                                 {"bytesAdded", report.bytes_added}};
  if (!arguments.dry_run && !idle) {
    json["commits"] = report.commits;
    json["replans"] = report.replans;
    json["version"] = report.version;
  }
  PrintTurn(arguments, text, json);
}

Result<int> Run(const UpkeepArguments& arguments) {
  const auto stop = StopOnSignals();
  const auto loaded = TRY(UpkeepSettings(arguments));
  const auto& settings = loaded.settings.compact;
  const auto kill_switch = TRY(KillSwitchOfEnvironment());
  const auto reader = TRY(engine::FileReader::Open({.memory_bytes = settings.memory_bytes}));
  const auto turn = [&](const maintain::Target& target, delta::Table& table,
                        const Deadline& deadline) -> Status {
    maintain::CompactionOptions options;
    options.target_bytes = settings.target_bytes;
    options.files_min = static_cast<std::size_t>(settings.files_min);
    if (settings.age_min.count() > 0) {
      const WallTime newest = deadline.clock().Now() - settings.age_min;
      options.newest = newest.time_since_epoch().count();
    }
    if (kill_switch) options.kill_switch = kill_switch.get();
    Print(arguments, target.name,
          TRY(maintain::Compact(table, *reader, options, arguments.dry_run, deadline)));
    return {};
  };
  return RunUpkeep(arguments, loaded, {.interval = settings.interval}, stop, turn);
}

}  // namespace

void AddCompact(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand(
      "compact", "Merge small files of tables, at a cadence or once, without changing a row");
  auto arguments = std::make_shared<UpkeepArguments>();
  arguments->AddTo(*command);
  command->callback([arguments, &outcome] {
    const auto done = Run(*arguments);
    outcome.exit_code = done.has_value() ? *done : Report(done.error(), arguments->json);
  });
}

}  // namespace neuralake::app
