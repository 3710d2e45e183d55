#include "usage.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace neuralake::app {
namespace {

std::vector<CLI::App*> Subcommands(const CLI::App& app) {
  auto all = const_cast<CLI::App&>(app).get_subcommands([](CLI::App*) { return true; });
  return all;
}

std::string Names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* each : Subcommands(app)) names.push_back(each->get_name());
  std::ranges::sort(names);
  return fmt::format("{}", fmt::join(names, ", "));
}

const CLI::App* Find(const CLI::App& app, std::string_view word) {
  for (const auto* each : Subcommands(app)) {
    if (each->get_name() == word) return each;
  }
  return nullptr;
}

/// The subcommand that the words of a command line lead to, and the word that leads nowhere.
struct Path {
  const CLI::App* at;
  std::string text = "neuralake";
  std::string_view unknown = {};
};

Path Follow(const CLI::App& app, int argc, const char* const* argv) {
  Path path{&app};
  for (const std::string_view word : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
    if (word.starts_with('-') || Subcommands(*path.at).empty()) break;
    const auto* next = Find(*path.at, word);
    if (next == nullptr) {
      path.unknown = word;
      break;
    }
    path.at = next;
    path.text += fmt::format(" {}", word);
  }
  return path;
}

}  // namespace

bool NamesUnknownSubcommand(const CLI::App& app, int argc, const char* const* argv) {
  return !Follow(app, argc, argv).unknown.empty();
}

std::string UsageLine(const CLI::App& app, int argc, const char* const* argv,
                      const CLI::Error& error) {
  const Path path = Follow(app, argc, argv);
  if (!path.unknown.empty()) {
    return fmt::format("{} has no subcommand {}; it has {}", path.text, path.unknown,
                       Names(*path.at));
  }
  if (!Subcommands(*path.at).empty()) {
    return fmt::format("{} needs a subcommand: {}", path.text, Names(*path.at));
  }
  std::string what = error.what();
  std::ranges::replace(what, '\n', ' ');
  return fmt::format("{} (see {} --help)", what, path.text);
}

}  // namespace neuralake::app
