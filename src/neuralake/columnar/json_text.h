#pragma once

#include <string>
#include <string_view>

namespace neuralake::columnar {

/// Append `text` as a JSON string, quotes and escapes included.
/// \source RFC 8259, section 7
void AppendJsonString(std::string_view text, std::string& out);

/// `text` as a JSON string.
std::string JsonString(std::string_view text);

}  // namespace neuralake::columnar
