#include <iostream>
#include <sstream>

#include "commands.h"

namespace neuralake::app {
namespace {

/// Words that may follow a command path: its subcommands and its flags.
struct Place {
  std::string path;  ///< `neuralake table`.
  std::string words;
};

void Collect(const CLI::App& app, const std::string& path, std::vector<Place>& places) {
  std::string words;
  for (const auto* child : app.get_subcommands({})) words += child->get_name() + " ";
  for (const auto* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // not shown in the help either
    for (const auto& name : option->get_lnames()) words += "--" + name + " ";
  }
  places.push_back({path, words});
  for (const auto* child : app.get_subcommands({})) {
    Collect(*child, path + " " + child->get_name(), places);
  }
}

/// One function that looks the words up by the command path typed so far; files otherwise.
std::string BashScript(const std::vector<Place>& places) {
  std::ostringstream out;
  out << "_neuralake() {\n"
         "  local path=neuralake word i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    case \"$path $word\" in\n";
  for (const auto& place : places) {
    if (place.path != "neuralake") out << "      '" << place.path << "') path=\"$path $word\" ;;\n";
  }
  out << "    esac\n  done\n  case \"$path\" in\n";
  for (const auto& place : places) {
    out << "    '" << place.path << "') COMPREPLY=($(compgen -W '" << place.words
        << "' -- \"${COMP_WORDS[COMP_CWORD]}\")) ;;\n";
  }
  out << "  esac\n}\ncomplete -o default -F _neuralake neuralake\n";
  return out.str();
}

std::string FishScript(const std::vector<Place>& places) {
  std::ostringstream out;
  for (const auto& place : places) {
    std::istringstream path(place.path);
    std::istringstream words(place.words);
    std::string part;
    std::string condition;
    path >> part;
    while (path >> part) condition += "__fish_seen_subcommand_from " + part + "; and ";
    condition += "true";
    while (words >> part) {
      const bool flag = part.starts_with("--");
      out << "complete -c neuralake -n '" << condition << "' "
          << (flag ? "-l " + part.substr(2) : "-a " + part) << "\n";
    }
  }
  return out.str();
}

}  // namespace

void AddCompletion(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand(
      "completion", "Print a completion script: source <(neuralake completion bash)");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, shell] {
    std::vector<Place> places;
    Collect(app, "neuralake", places);
    if (*shell == "fish") {
      std::cout << FishScript(places);
    } else {
      if (*shell == "zsh") std::cout << "autoload -U +X bashcompinit && bashcompinit\n";
      std::cout << BashScript(places);
    }
  });
}

}  // namespace neuralake::app
