#pragma once

#include <string>

#include "command.h"

namespace neuralake::app {

/// Whether a word of the command line stands where a subcommand is wanted and is none. `--help`
/// behind it would explain something else.
bool NamesUnknownSubcommand(const CLI::App& app, int argc, const char* const* argv);

/// One line for a command line that cannot be read: what is wrong, and which command explains it.
///
/// A word that is no subcommand is named, with the subcommands that there are.
std::string UsageLine(const CLI::App& app, int argc, const char* const* argv,
                      const CLI::Error& error);

}  // namespace neuralake::app
