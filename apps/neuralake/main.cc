#include <cstdio>

#include "commands.h"
#include "usage.h"

namespace neuralake::app {
namespace {

// One a line, so that two branches can each add one.
// clang-format off
constexpr void (*kCommands[])(CLI::App&, Outcome&) = {
    AddInit,
    AddUp,
    AddIngest,
    AddCompact,
    AddVacuum,
    AddCatalog,
    AddCatalogSite,
    AddDoctor,
    AddGen,
    AddCompletion,
    AddReference,
    AddServe,
    AddSql,
    AddTableChanges,
    AddTableCheckpoint,
    AddTableCreate,
    AddTableDelete,
    AddTableFiles,
    AddTableHistory,
    AddTableMerge,
    AddTableScan,
    AddTableShow,
    AddTableUpdate,
    AddTableVerify,
    AddTableWrite,
};
// clang-format on

int Run(int argc, char** argv) {
  CLI::App app{"Neuralake: a lakehouse in one binary"};
  app.set_version_flag("--version", "neuralake " NEURALAKE_VERSION);
  app.require_subcommand(1);
  Outcome outcome;
  for (const auto add : kCommands) add(app, outcome);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool is_answer = error.get_exit_code() == 0;  // --help, --version
    if (is_answer && !NamesUnknownSubcommand(app, argc, argv)) return app.exit(error);
    // CLI11 has its own numbers for each mistake; ours has one for wrong usage.
    std::fprintf(stderr, "neuralake: %s\n", UsageLine(app, argc, argv, error).c_str());
    return kWrongUsage;
  }
  return outcome.exit_code;
}

}  // namespace
}  // namespace neuralake::app

int main(int argc, char** argv) { return neuralake::app::Run(argc, argv); }
