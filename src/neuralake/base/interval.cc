#include "neuralake/base/interval.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

#include "neuralake/base/words.h"

namespace neuralake {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t micros;
};

constexpr std::array kUnits = {
    Unit{"microsecond", 1},        Unit{"millisecond", 1'000},  Unit{"second", 1'000'000},
    Unit{"minute", 60'000'000},    Unit{"hour", 3'600'000'000}, Unit{"day", 86'400'000'000},
    Unit{"week", 604'800'000'000},
};

std::optional<std::int64_t> UnitMicros(std::string_view name) {
  if (name.ends_with('s')) name.remove_suffix(1);
  for (const auto& unit : kUnits) {
    if (unit.name == name) return unit.micros;
  }
  return std::nullopt;
}

std::string_view NextWord(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

std::optional<std::chrono::milliseconds> ParseInterval(std::string_view text) {
  const std::string folded = Folded(text);
  std::string_view rest = folded;
  std::int64_t micros = 0;
  bool any = false;
  auto word = NextWord(rest);
  if (word == "interval") word = NextWord(rest);
  for (; !word.empty(); word = NextWord(rest)) {
    std::int64_t count = 0;
    const auto [stop, failure] = std::from_chars(word.data(), word.data() + word.size(), count);
    const auto unit = UnitMicros(NextWord(rest));
    std::int64_t part = 0;
    if (failure != std::errc{} || stop != word.data() + word.size() || count < 0 || !unit ||
        __builtin_mul_overflow(count, *unit, &part) ||
        __builtin_add_overflow(micros, part, &micros)) {
      return std::nullopt;
    }
    any = true;
  }
  if (!any) return std::nullopt;
  return std::chrono::milliseconds(micros / 1000);
}

}  // namespace neuralake
