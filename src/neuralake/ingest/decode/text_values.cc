#include "neuralake/ingest/decode/text_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "neuralake/columnar/decimal_text.h"

namespace neuralake::ingest {

namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of each character, 64 for those that have none.
constexpr std::array<std::uint8_t, 256> kBase64Values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(64);
  for (std::size_t i = 0; i < kBase64.size(); ++i) {
    values[static_cast<unsigned char>(kBase64[i])] = static_cast<std::uint8_t>(i);
  }
  values['-'] = 62;
  values['_'] = 63;
  return values;
}();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Take the digits at the front; false without one.
bool TakeDigits(std::string_view& text) {
  const auto digits = std::ranges::find_if_not(text, IsDigit) - text.begin();
  text.remove_prefix(static_cast<std::size_t>(digits));
  return digits > 0;
}

}  // namespace

std::optional<std::int64_t> ParseInteger(std::string_view text, int bytes) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    const auto whole = columnar::ParseDecimal(text, 19, 0);
    if (!whole.has_value() || whole->unscaled > INT64_MAX || whole->unscaled < INT64_MIN) {
      return std::nullopt;
    }
    value = static_cast<std::int64_t>(whole->unscaled);
  }
  const auto bits = bytes * 8 - 1;
  if (bits < 63 && (value >= (std::int64_t{1} << bits) || value < -(std::int64_t{1} << bits))) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> ParseDouble(std::string_view text) {
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too small is zero, as everywhere else; too large is no double.
    value = std::strtod(std::string(text).c_str(), nullptr);
    if (std::abs(value) <= 1) return value;
    return std::nullopt;
  }
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> ParseEpoch(std::string_view text) {
  constexpr std::int64_t kSecondsMax = 100'000'000'000;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    // With 9 digits behind the point kept exactly, then cut to microseconds.
    const auto seconds = columnar::ParseDecimal(text, 38, 18);
    if (!seconds.has_value()) return std::nullopt;
    const auto nanos = seconds->unscaled / columnar::PowerOfTen(9);
    const auto limit = columnar::PowerOfTen(9) * kSecondsMax;
    if (nanos >= limit || nanos <= -limit) return std::nullopt;
    const auto micros = nanos / 1000 - (nanos % 1000 < 0 ? 1 : 0);
    return static_cast<std::int64_t>(micros);
  }
  const auto size = value < 0 ? -(value + 1) : value;
  if (size < kSecondsMax) return value * 1'000'000;
  if (size < kSecondsMax * 1'000) return value * 1'000;
  if (size < kSecondsMax * 1'000'000) return value;
  return value / 1'000 - (value % 1'000 < 0 ? 1 : 0);
}

std::optional<std::string> ParseBase64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = kBase64Values[static_cast<unsigned char>(c)];
    if (value == 64) return std::nullopt;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<char>((bits >> count) & 0xFF));
    }
  }
  return bytes;
}

std::string FormatBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = (bits << 8) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(i + k > bytes.size() ? '=' : kBase64[(bits >> (18 - 6 * k)) & 63]);
    }
  }
  return text;
}

bool IsJsonNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '0' && IsDigit(text[1])) return false;
  if (!TakeDigits(text)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!TakeDigits(text)) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!TakeDigits(text)) return false;
  }
  return text.empty();
}

bool HasZone(std::string_view timestamp) {
  const auto time = timestamp.find_first_of(" T");
  if (time == std::string_view::npos) return false;
  return timestamp.find_first_of("Zz+-U", time + 1) != std::string_view::npos;
}

}  // namespace neuralake::ingest
