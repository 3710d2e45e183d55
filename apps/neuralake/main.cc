#include "command.h"

namespace {

int Run(int argc, char** argv) {
  CLI::App app{"Neuralake: a lakehouse in one binary"};
  app.set_version_flag("--version", "neuralake 0.1.0");
  app.require_subcommand(1);
  neuralake::app::Outcome outcome;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 has its own numbers for each mistake; ours has one for wrong usage.
    return app.exit(error) == 0 ? 0 : 2;
  }
  return outcome.exit_code;
}

}  // namespace

int main(int argc, char** argv) { return Run(argc, argv); }
