#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace neuralake::engine {

/// Whether `value` is LIKE `pattern`: `%` stands for any text, `_` for one character.
///
/// In the time of a value's length times that of the longest part between two `%`, where DuckDB
/// goes back to every `%` that it passed.
/// \param escape  before a character that stands for itself
/// \errors nothing when the pattern ends with its escape character
std::optional<bool> MatchesLike(std::string_view value, std::string_view pattern,
                                std::optional<char> escape = {});

/// Whether `value` matches the GLOB `pattern`, byte by byte: `*`, `?`, `[a-z]`, `[!a-z]`, `\*`.
bool MatchesGlob(std::string_view value, std::string_view pattern);

/// The bytes of the longest part of `pattern` between two of `any`, at least 1.
std::size_t LongestPart(std::string_view pattern, char any);

}  // namespace neuralake::engine
