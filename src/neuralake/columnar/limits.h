#pragma once

#include <cstddef>

namespace neuralake::columnar {

/// How deep a type may nest: deeper ones are refused, so that recursion over types stays shallow.
inline constexpr std::size_t kTypeDepthMax = 100;

/// Digits of a decimal, as 128 bits hold.
inline constexpr int kDecimalPrecisionMax = 38;

}  // namespace neuralake::columnar
