#pragma once

#include <CLI/CLI.hpp>

namespace neuralake::app {

/// The exit code of the command that ran; each subcommand's callback sets it.
struct Outcome {
  int exit_code = 0;
};

// One function a file: adds its subcommands to `app`. Registered in main.cc.

}  // namespace neuralake::app
