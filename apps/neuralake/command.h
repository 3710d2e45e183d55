#pragma once

#include <csignal>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "neuralake/base/error.h"

namespace neuralake::app {

/// The exit code of a command line that makes no sense.
inline constexpr int kWrongUsage = 2;

/// What the command that ran leaves behind; its callback fills it.
struct Outcome {
  int exit_code = 0;
};

/// Print `error` on standard error and return its exit code.
///
/// One line, `neuralake: message`; a message of several lines (every problem of a file) is joined
/// by `; `. With `json`, the object that HTTP answers: `{"error": {"kind", "message", …}}`.
int Report(const Error& error, bool json = false);

/// `1 row`, `2 rows`.
std::string Counted(std::int64_t count, std::string_view thing);

/// The group `neuralake table`, made when it is not there yet, so that each file can add its own
/// subcommands to it.
CLI::App& TableGroup(CLI::App& app);

/// The group `neuralake catalog`, likewise.
CLI::App& CatalogGroup(CLI::App& app);

/// A stop that SIGINT and SIGTERM request; a second signal ends the process at once. Call it first
/// in a command that runs until it is told to end, before any thread starts.
std::stop_token StopOnSignals();

}  // namespace neuralake::app
