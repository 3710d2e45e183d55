#include <iostream>

#include "commands.h"

#include "neuralake/settings/settings.h"
#include "neuralake/verify/rule.h"

namespace neuralake::app {
namespace {

void PrintOptions(const CLI::App& command) {
  bool head = false;
  for (const auto* option : command.get_options()) {
    if (option->get_name() == "--help" || option->get_group().empty()) continue;
    if (!head) std::cout << "\n| argument | |\n|---|---|\n";
    head = true;
    const bool flag = option->get_items_expected_max() == 0;
    const std::string value = flag || option->get_positional() ? "" : " VALUE";
    std::cout << "| `" << option->get_name(option->get_positional(), true) << value << "` | "
              << option->get_description() << (option->get_required() ? " (required)" : "")
              << " |\n";
  }
}

void PrintCommand(const CLI::App& command, const std::string& path) {
  std::cout << "\n## `" << path << "`\n\n" << command.get_description() << "\n";
  PrintOptions(command);
  for (const auto* child : command.get_subcommands({})) {
    PrintCommand(*child, path + " " + child->get_name());
  }
}

void PrintCommandLine(const CLI::App& app) {
  std::cout << "# Command line\n\n"
               "Exit codes: 0 done; 1 failed; 2 wrong usage; 3 conflict, run again; 4 outcome "
               "unknown, look before\nrunning again. Errors go to standard error in one line; with "
               "`--json` as the object that HTTP answers.\n";
  for (const auto* child : app.get_subcommands({})) {
    PrintCommand(*child, "neuralake " + child->get_name());
  }
}

}  // namespace

void AddReference(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("reference", "Print a reference page, in Markdown");
  auto page = std::make_shared<std::string>();
  command->add_option("page", *page, "settings, cli or verify")
      ->required()
      ->check(CLI::IsMember({"settings", "cli", "verify"}));
  command->callback([&app, page] {
    if (*page == "settings") {
      std::cout << settings::ReferencePage();
    } else if (*page == "verify") {
      std::cout << verify::RulesPage();
    } else {
      PrintCommandLine(app);
    }
  });
}

}  // namespace neuralake::app
