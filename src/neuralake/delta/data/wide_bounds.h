#pragma once

#include <string>
#include <string_view>

namespace neuralake::delta {

/// `stats`, the statistics of a file, for the same file with fewer live rows: its bounds hold no
/// longer tightly. Values stay byte for byte.
///
/// \returns  empty when `stats` is no JSON object
/// \source Delta PROTOCOL.md, "Per-file Statistics": `tightBounds`
std::string WithWideBounds(std::string_view stats);

}  // namespace neuralake::delta
