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

}  // namespace

std::string UsageLine(const CLI::App& app, int argc, const char* const* argv,
                      const CLI::Error& error) {
  const CLI::App* at = &app;
  std::string path = "neuralake";
  for (const std::string_view word : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
    if (word.starts_with('-') || Subcommands(*at).empty()) break;
    const auto* next = Find(*at, word);
    if (next == nullptr) {
      return fmt::format("{} has no subcommand {}; it has {}", path, word, Names(*at));
    }
    at = next;
    path += fmt::format(" {}", word);
  }
  if (!Subcommands(*at).empty()) {
    return fmt::format("{} needs a subcommand: {}", path, Names(*at));
  }
  std::string what = error.what();
  std::ranges::replace(what, '\n', ' ');
  return fmt::format("{} (see {} --help)", what, path);
}

}  // namespace neuralake::app
