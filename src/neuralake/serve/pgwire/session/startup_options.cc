#include "neuralake/serve/pgwire/session/startup_options.h"

#include <algorithm>

#include <fmt/format.h>

namespace neuralake::serve {
namespace {

std::vector<std::string> Words(std::string_view options) {
  std::vector<std::string> words;
  bool inside = false;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i] == ' ') {
      inside = false;
      continue;
    }
    if (!std::exchange(inside, true)) words.emplace_back();
    if (options[i] == '\\' && i + 1 < options.size()) ++i;
    words.back().push_back(options[i]);
  }
  return words;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> ParseStartupOptions(
    std::string_view options) {
  std::vector<std::pair<std::string, std::string>> settings;
  const std::vector<std::string> words = Words(options);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (word == "-c" && i + 1 < words.size()) {
      word = words[++i];
    } else if (word.starts_with("-c") || word.starts_with("--")) {
      word.remove_prefix(2);
    } else {
      return Fail(ErrorKind::kUnsupported, fmt::format("no start-up option {} here", word));
    }
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) {
      return Fail(ErrorKind::kUnsupported, fmt::format("no start-up option {} here", word));
    }
    std::string name(word.substr(0, equals));
    std::ranges::replace(name, '-', '_');
    settings.emplace_back(std::move(name), word.substr(equals + 1));
  }
  return settings;
}

}  // namespace neuralake::serve
