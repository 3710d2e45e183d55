#pragma once

#include <cstdint>
#include <string>

#include "neuralake/generate/draw.h"

namespace neuralake::generate {

/// Text number `rank`: `amber-falcon`, and with a number behind it from the 400th on. Different
/// ranks have different texts.
std::string NameOf(std::int64_t rank);

/// `words` words of plain prose.
std::string Prose(const Draw& draw, std::int64_t position, std::int64_t words);

}  // namespace neuralake::generate
