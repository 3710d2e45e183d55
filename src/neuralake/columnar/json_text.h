#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace neuralake::columnar {

/// Append `text` as a JSON string, quotes and escapes included.
/// \source RFC 8259, section 7
void AppendJsonString(std::string_view text, std::string& out);

/// `text` as a JSON string.
std::string JsonString(std::string_view text);

/// `texts` as a JSON list of strings.
std::string JsonStrings(std::span<const std::string> texts);

/// How deep `json` nests lists and objects; brackets inside strings do not count. Of text that is
/// not JSON, some number.
std::size_t JsonDepth(std::string_view json);

}  // namespace neuralake::columnar
