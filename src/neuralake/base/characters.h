#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace neuralake {

/// The byte offset of character number `characters` of UTF-8 `text`; its length beyond the end.
std::size_t ByteOffset(std::string_view text, std::size_t characters);

/// The number of characters before byte `offset` of UTF-8 `text`.
std::int64_t CharacterOffset(std::string_view text, std::size_t offset);

/// The start of UTF-8 `text`, at most `bytes_max` bytes of it, that ends with a whole character.
std::string_view WholeCharacters(std::string_view text, std::size_t bytes_max);

/// UTF-8 `text` itself, or the most of its start and a fifth of its end around `…`, in at most
/// `bytes_max` bytes.
std::string Shortened(std::string text, std::size_t bytes_max);

}  // namespace neuralake
