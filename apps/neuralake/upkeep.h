#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "command.h"
#include <nlohmann/json.hpp>

#include "neuralake/base/deadline.h"
#include "neuralake/delta/table.h"
#include "neuralake/maintain/rounds.h"
#include "neuralake/settings/settings.h"

namespace neuralake::app {

/// What `compact` and `vacuum` are asked on the command line.
struct UpkeepArguments {
  std::string process;              ///< The command's name, for its log lines.
  std::vector<std::string> tables;  ///< Names of the catalog or locations; empty: all tables.
  std::string project = ".";
  bool once = false;
  bool dry_run = false;  ///< Once, and changing nothing.
  bool json = false;

  /// One round, of which everything is said: also that a table needs nothing.
  bool IsSingle() const { return once || dry_run; }

  void AddTo(CLI::App& command);
};

/// The settings of the project at or above `arguments.project`; without one, those of the
/// environment, when every table is a location.
/// \errors kNotFound  no project, and something is asked of its catalog
Result<settings::Loaded> UpkeepSettings(const UpkeepArguments& arguments);

/// One table's turn in a round. What it prints is one line; of a process that goes on, nothing when
/// nothing was done.
using Turn =
    std::function<Status(const maintain::Target&, delta::Table&, const Deadline& deadline)>;

/// When tables have their turns, and what stays known of them from one to the next.
struct UpkeepRounds {
  std::chrono::milliseconds interval;
  std::chrono::milliseconds tombstone_grace = delta::TableOptions{}.tombstone_grace;
};

/// Let each table have its turn: once, or every `rounds.interval` until SIGTERM or SIGINT, which
/// end the round between two tables.
///
/// The catalog is read anew for each round. A table that fails is said on standard error, and the
/// others have their turn all the same; the same failure of one table is said once until it
/// changes.
/// \param stop  from `StopOnSignals`
/// \returns  the exit code: 0, or that of the last failure when it ran once
int RunUpkeep(const UpkeepArguments& arguments, const settings::Loaded& settings,
              const UpkeepRounds& rounds, const std::stop_token& stop, const Turn& turn);

/// Print one line for a table that did something: `text` for people, or `json` when asked for.
void PrintTurn(const UpkeepArguments& arguments, const std::string& text,
               const nlohmann::ordered_json& json);

/// `12.3 MB`, decimal.
std::string FormatBytes(std::int64_t bytes);

}  // namespace neuralake::app
