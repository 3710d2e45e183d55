#pragma once

#include <string>

#include "command.h"

namespace neuralake::app {

/// One line for a command line that cannot be read: what is wrong, and which command explains it.
///
/// A word that is no subcommand is named, with the subcommands that there are.
std::string UsageLine(const CLI::App& app, int argc, const char* const* argv,
                      const CLI::Error& error);

}  // namespace neuralake::app
