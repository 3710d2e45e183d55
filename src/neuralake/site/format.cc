#include "neuralake/site/format.h"

#include <array>
#include <chrono>
#include <cmath>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "neuralake/site/html.h"
#include "neuralake/site/limits.h"

namespace neuralake::site {
namespace {

bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::tm Calendar(WallTime time) {
  return fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

}  // namespace

std::string FormatCount(std::int64_t count) {
  const std::string digits = std::to_string(count);
  const std::size_t first = count < 0 ? 1 : 0;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string FormatBytes(std::int64_t bytes) {
  static constexpr std::array<std::string_view, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  // 999.5 would print as 1000 of the smaller unit.
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  // Round half up as the script does; printf would round half to even.
  const double tenths = std::floor(value * 10 + 0.5) / 10;
  if (tenths < 100) return fmt::format("{:.1f} {}", tenths, kUnits[unit]);
  return fmt::format("{:.0f} {}", std::floor(value + 0.5), kUnits[unit]);
}

std::string FormatInstant(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", Calendar(time));
}

std::string FormatMinute(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", Calendar(time));
}

std::string Shorten(std::string_view text, std::size_t characters_max) {
  const std::string clean = CleanUtf8(text);
  std::size_t characters = 0;
  std::size_t cut = 0;  // where the last character that leaves room for `…` ends
  for (std::size_t i = 0; i < clean.size(); ++i) {
    if (!StartsCharacter(clean[i])) continue;
    if (characters + 1 == characters_max) cut = i;
    if (++characters > characters_max) return clean.substr(0, cut) + "…";
  }
  return clean;
}

std::string Summary(std::string_view description) {
  const std::size_t start = description.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return "";
  description.remove_prefix(start);
  std::string line;
  for (std::size_t i = 0; i < description.size(); ++i) {
    const char c = description[i];
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (c == '\n' && i + 1 < description.size() && description[i + 1] == '\n') break;
    if (blank && !line.empty() && line.back() == '.') break;
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return Shorten(line, kSummaryCharactersMax);
}

}  // namespace neuralake::site
