#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/error.h"

namespace neuralake::delta {

/// Decode Z85 text: five characters give four bytes.
/// \errors kCorruption  a length that is no multiple of five, a character outside the alphabet, a
///                      group past 2^32
/// \source ZeroMQ RFC 32
Result<std::string> DecodeZ85(std::string_view text);

/// Encode `bytes`, whose count must be a multiple of four.
std::string EncodeZ85(std::string_view bytes);

}  // namespace neuralake::delta
