#include "neuralake/base/characters.h"

#include <algorithm>

namespace neuralake {

std::size_t ByteOffset(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  while (at < text.size()) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (starts && characters-- == 0) break;
    ++at;
  }
  return at;
}

std::int64_t CharacterOffset(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  return std::ranges::count_if(
      before, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; });
}

}  // namespace neuralake
