#include "upkeep.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>

#include "project.h"
#include "table_command.h"
#include <fmt/format.h>

#include "neuralake/observe/log.h"

namespace neuralake::app {
namespace {

/// The rounds of one process.
class Upkeep {
 public:
  Upkeep(const UpkeepArguments& arguments, std::string project, const UpkeepRounds& rounds,
         Deadline deadline, const Turn& turn)
      : arguments_(arguments),
        project_(std::move(project)),
        deadline_(std::move(deadline)),
        turn_(turn),
        log_(arguments.process),
        tables_({.tombstone_grace = rounds.tombstone_grace, .log = &log_}) {}

  void Round() {
    const auto targets = Targets();
    if (Says("", targets)) return;
    for (const auto& target : *targets) {
      if (deadline_.Expired()) return;
      Says(target.name, Run(target));
    }
  }

  int exit_code() const { return exit_code_; }

 private:
  bool NeedsCatalog() const {
    return arguments_.tables.empty() ||
           !std::ranges::all_of(arguments_.tables, maintain::IsLocation);
  }

  Result<std::vector<maintain::Target>> Targets() const {
    if (!NeedsCatalog()) return maintain::TargetsOf(nullptr, arguments_.tables);
    const auto model = TRY(catalog::ReadManifest(project_));
    return maintain::TargetsOf(model.get(), arguments_.tables);
  }

  Status Run(const maintain::Target& target) {
    const auto table = TRY(tables_.Open(target, deadline_));
    if (!table) {
      if (!arguments_.IsSingle()) return {};
      PrintTurn(arguments_, target.name + ": nothing is written yet",
                {{"table", target.name}, {"dryRun", arguments_.dry_run}, {"written", false}});
      return {};
    }
    return turn_(target, *table, deadline_);
  }

  /// Whether `result` is a failure, which is then said, unless the same was said before.
  template <class T>
  bool Says(const std::string& name, const Result<T>& result) {
    if (result.has_value()) {
      said_.erase(name);
      return false;
    }
    // A process that was told to end did not fail.
    if (deadline_.stop().stop_requested()) return true;
    Error error = result.error();
    if (!name.empty()) error.message = name + ": " + error.message;
    auto& said = said_[name];
    if (said != error.message) exit_code_ = Report(error, arguments_.json);
    said = error.message;
    return true;
  }

  const UpkeepArguments& arguments_;
  const std::string project_;
  const Deadline deadline_;
  const Turn& turn_;
  observe::Log log_;
  maintain::Tables tables_;
  std::map<std::string, std::string> said_;  // by table, what failed last
  int exit_code_ = 0;
};

}  // namespace

void UpkeepArguments::AddTo(CLI::App& command) {
  process = command.get_name();
  command.add_option("table", tables,
                     "Names of the catalog (database.table) or locations; all Delta tables of the "
                     "catalog when left out");
  command.add_option("--project", project, "A folder of the project");
  command.add_flag("--once", once, "One round, then end");
  command.add_flag("--dry-run", dry_run, "Say what one round would do, and change nothing");
  command.add_flag("--json", json, "For machines: an object a line");
}

Result<settings::Loaded> UpkeepSettings(const UpkeepArguments& arguments) {
  auto loaded = LoadProject(arguments.project);
  const bool only_locations =
      !arguments.tables.empty() && std::ranges::all_of(arguments.tables, maintain::IsLocation);
  if (loaded.has_value() || loaded.error().kind != ErrorKind::kNotFound || !only_locations) {
    if (!loaded.has_value() && loaded.error().kind == ErrorKind::kNotFound) {
      const auto name = std::ranges::find_if_not(arguments.tables, maintain::IsLocation);
      if (name == arguments.tables.end()) return loaded;
      return Annotate(
          std::move(loaded).error(),
          fmt::format("{0} is a name of a catalog, and there is none here (the table of "
                      "a folder is ./{0})",
                      *name));
    }
    return loaded;
  }
  return settings::Load(
      {std::filesystem::absolute(arguments.project).string(), settings::ProcessEnvironment(), {}});
}

int RunUpkeep(const UpkeepArguments& arguments, const settings::Loaded& settings,
              const UpkeepRounds& rounds, const std::stop_token& stop, const Turn& turn) {
  const auto deadline = Deadline::Never(stop);
  Upkeep upkeep(arguments, settings.project, rounds, deadline, turn);
  if (arguments.IsSingle()) {
    upkeep.Round();
    return upkeep.exit_code();
  }
  maintain::EveryInterval(rounds.interval, deadline, [&] { upkeep.Round(); });
  return 0;
}

void PrintTurn(const UpkeepArguments& arguments, const std::string& text,
               const nlohmann::ordered_json& json) {
  if (arguments.json) {
    PrintLine(json);
  } else {
    std::printf("%s\n", text.c_str());
  }
  std::fflush(stdout);
}

std::string FormatBytes(std::int64_t bytes) {
  const auto amount = static_cast<double>(bytes);
  if (bytes < 1'000) return fmt::format("{} B", bytes);
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", amount / 1e3);
  if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", amount / 1e6);
  return fmt::format("{:.2f} GB", amount / 1e9);
}

}  // namespace neuralake::app
