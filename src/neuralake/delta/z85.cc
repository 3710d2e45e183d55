#include "neuralake/delta/z85.h"

#include <array>
#include <cstdint>

#include "neuralake/base/check.h"

namespace neuralake::delta {
namespace {

constexpr std::string_view kAlphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
constexpr std::uint8_t kNone = 0xFF;

constexpr std::array<std::uint8_t, 256> MakeDigits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}

constexpr auto kDigits = MakeDigits();

}  // namespace

Result<std::string> DecodeZ85(std::string_view text) {
  if (text.size() % 5 != 0) {
    return Fail(ErrorKind::kCorruption,
                "a z85 text of " + std::to_string(text.size()) + " characters is no multiple of 5");
  }
  std::string bytes;
  bytes.reserve(text.size() / 5 * 4);
  for (std::size_t at = 0; at < text.size(); at += 5) {
    std::uint64_t group = 0;
    for (std::size_t i = 0; i < 5; ++i) {
      const auto digit = kDigits[static_cast<std::uint8_t>(text[at + i])];
      if (digit == kNone) {
        return Fail(ErrorKind::kCorruption,
                    "character " + std::to_string(at + i) + " is not in the z85 alphabet");
      }
      group = group * 85 + digit;
    }
    if (group > UINT32_MAX) {
      return Fail(ErrorKind::kCorruption, "z85 group at " + std::to_string(at) + " is too large");
    }
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(group >> shift & 0xFF);
  }
  return bytes;
}

std::string EncodeZ85(std::string_view bytes) {
  NL_CHECK(bytes.size() % 4 == 0);
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 4) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      group = group << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    }
    std::array<char, 5> digits{};
    for (std::size_t i = 5; i-- > 0; group /= 85) digits[i] = kAlphabet[group % 85];
    text.append(digits.data(), digits.size());
  }
  return text;
}

}  // namespace neuralake::delta
