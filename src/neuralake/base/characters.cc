#include "neuralake/base/characters.h"

#include <algorithm>

namespace neuralake {
namespace {

bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

}  // namespace

std::size_t ByteOffset(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (!Continues(text[at]) && characters-- == 0) break;
    ++at;
  }
  return at;
}

std::int64_t CharacterOffset(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  return std::ranges::count_if(before, [](char byte) { return !Continues(byte); });
}

std::string_view WholeCharacters(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && Continues(text[end])) --end;
  return text.substr(0, end);
}

std::string Shortened(std::string text, std::size_t bytes_max) {
  constexpr std::string_view kCut = "…";
  if (text.size() <= bytes_max) return text;
  if (bytes_max < kCut.size()) return {};
  const std::size_t last = (bytes_max - kCut.size()) / 5;
  std::size_t tail = text.size() - last;
  while (tail < text.size() && Continues(text[tail])) ++tail;
  std::string shorter(WholeCharacters(text, bytes_max - kCut.size() - last));
  shorter += kCut;
  return shorter.append(text, tail);
}

}  // namespace neuralake
