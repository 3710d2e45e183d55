#include "neuralake/serve/format/value_text.h"

#include <charconv>
#include <cmath>

#include "neuralake/columnar/time_text.h"

namespace neuralake::serve {
namespace {

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

template <class Number>
void AppendNumber(Number value, std::string& out) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  out.append(text, end);
}

template <class Number>
void AppendReal(Number value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
  } else {
    AppendNumber(value, out);
  }
}

void AppendTwoDigits(std::int64_t value, std::string& out) {
  out.push_back(static_cast<char>('0' + value / 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

void AppendInteger(std::int64_t value, std::string& out) { AppendNumber(value, out); }
void AppendDouble(double value, std::string& out) { AppendReal(value, out); }
void AppendFloat(float value, std::string& out) { AppendReal(value, out); }

void AppendDate(std::int64_t days, std::string& out) { out += columnar::FormatDate(days); }

void AppendTimestamp(std::int64_t micros, char separator, std::string& out) {
  const DayTime split = SplitDay(micros);
  AppendDate(split.days, out);
  out.push_back(separator);
  AppendTimeOfDay(split.micros, out);
}

DayTime SplitDay(std::int64_t micros) {
  DayTime split{micros / kMicrosPerDay, micros % kMicrosPerDay};
  if (split.micros < 0) {
    split.micros += kMicrosPerDay;
    --split.days;
  }
  return split;
}

void AppendTimeOfDay(std::int64_t micros, std::string& out) {
  const std::int64_t seconds = micros / 1'000'000;
  AppendTwoDigits(seconds / 3600, out);
  out.push_back(':');
  AppendTwoDigits(seconds / 60 % 60, out);
  out.push_back(':');
  AppendTwoDigits(seconds % 60, out);
  const std::int64_t fraction = micros % 1'000'000;
  if (fraction == 0) return;
  out.push_back('.');
  AppendTwoDigits(fraction / 10'000, out);
  AppendTwoDigits(fraction / 100 % 100, out);
  AppendTwoDigits(fraction % 100, out);
}

void AppendBase64(std::string_view bytes, std::string& out) {
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    held += 8;
    while (held >= 6) out.push_back(kBase64Digits[bits >> (held -= 6) & 63]);
  }
  if (held > 0) out.push_back(kBase64Digits[bits << (6 - held) & 63]);
  for (std::size_t i = bytes.size(); i % 3 != 0; ++i) out.push_back('=');
}

void AppendHex(std::string_view bytes, std::string& out) {
  for (const char byte : bytes) {
    out.push_back(kHexDigits[static_cast<unsigned char>(byte) >> 4]);
    out.push_back(kHexDigits[static_cast<unsigned char>(byte) & 15]);
  }
}

}  // namespace neuralake::serve
