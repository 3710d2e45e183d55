#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace neuralake::verify {

/// The bytes that `text` encodes; nothing when it encodes none.
/// \source https://rfc.zeromq.org/spec/32/
std::optional<std::string> DecodeZ85(std::string_view text);

}  // namespace neuralake::verify
