#pragma once

#include <cstddef>
#include <string_view>

namespace neuralake::serve {

/// How many bytes at the start of `text` are well-formed UTF-8; all of them when it is text.
/// \source RFC 3629, section 4
std::size_t Utf8Prefix(std::string_view text);

}  // namespace neuralake::serve
