#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace neuralake {

/// The byte offset of character number `characters` of UTF-8 `text`; its length beyond the end.
std::size_t ByteOffset(std::string_view text, std::size_t characters);

/// The number of characters before byte `offset` of UTF-8 `text`.
std::int64_t CharacterOffset(std::string_view text, std::size_t offset);

}  // namespace neuralake
