#include "neuralake/columnar/decimal_text.h"

#include <algorithm>
#include <charconv>

#include "neuralake/base/check.h"
#include "neuralake/columnar/limits.h"

namespace neuralake::columnar {
namespace {

__extension__ using Int128 = __int128;

/// A number as digits and a power of ten: `1.25E-3` is 125, -5.
struct Scientific {
  bool negative = false;
  std::string digits;  ///< Without leading zeros; empty for zero.
  int exponent = 0;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<Scientific> ParseScientific(std::string_view text) {
  Scientific number;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) number.negative = text[at++] == '-';
  bool point = false;
  bool any = false;
  for (; at < text.size() && (IsDigit(text[at]) || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
      continue;
    }
    any = true;
    if (!number.digits.empty() || text[at] != '0') number.digits += text[at];
    if (point) --number.exponent;
  }
  if (!any) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && text[at] == '+') ++at;
    int exponent = 0;
    const auto [stop, failure] =
        std::from_chars(text.data() + at, text.data() + text.size(), exponent);
    if (failure != std::errc{} || exponent > 10'000 || exponent < -10'000) return std::nullopt;
    number.exponent += exponent;
    at = static_cast<std::size_t>(stop - text.data());
  }
  if (at != text.size()) return std::nullopt;
  return number;
}

}  // namespace

__extension__ __int128 PowerOfTen(int exponent) {
  NL_CHECK(exponent >= 0 && exponent <= kDecimalPrecisionMax);
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

std::optional<Decimal> ParseDecimal(std::string_view text, int precision, int scale) {
  auto number = ParseScientific(text);
  if (!number) return std::nullopt;
  int shift = number->exponent + scale;
  while (shift < 0 && !number->digits.empty() && number->digits.back() == '0') {
    number->digits.pop_back();
    ++shift;
  }
  if (number->digits.empty()) return Decimal{0};
  const int digits = static_cast<int>(std::min<std::size_t>(number->digits.size(), 1000));
  if (shift < 0 || digits + shift > std::min(precision, kDecimalPrecisionMax)) return std::nullopt;
  Int128 unscaled = 0;
  for (const char c : number->digits) unscaled = unscaled * 10 + (c - '0');
  unscaled *= PowerOfTen(shift);
  return Decimal{number->negative ? -unscaled : unscaled};
}

std::string FormatDecimal(const Decimal& value, int scale) {
  const bool negative = value.unscaled < 0;
  __extension__ using Unsigned128 = unsigned __int128;
  auto rest = negative ? -static_cast<Unsigned128>(value.unscaled)
                       : static_cast<Unsigned128>(value.unscaled);
  std::string reversed;
  for (int digit = 0; rest != 0 || digit <= scale; ++digit) {
    if (digit == scale && scale > 0) reversed += '.';
    reversed += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (negative) reversed += '-';
  std::ranges::reverse(reversed);
  return reversed;
}

}  // namespace neuralake::columnar
