#include "neuralake/base/uuid.h"

#include <cstdint>

namespace neuralake {

std::string RandomUuidBytes(Rng& rng) {
  std::string bytes;
  for (int half = 0; half < 2; ++half) {
    const std::uint64_t bits = rng.Next();
    for (unsigned shift = 64; shift > 0; shift -= 8) {
      bytes += static_cast<char>((bits >> (shift - 8)) & 0xFF);
    }
  }
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  return bytes;
}

std::string UuidText(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

std::string RandomUuid(Rng& rng) { return UuidText(RandomUuidBytes(rng)); }

}  // namespace neuralake
