#pragma once

#include <cstddef>
#include <cstdint>

namespace neuralake::columnar {

/// How deep a type may nest: deeper ones are refused, so that recursion over types stays shallow.
inline constexpr std::size_t kTypeDepthMax = 100;

/// How deep the JSON of a schema may nest, field metadata included.
inline constexpr std::size_t kJsonDepthMax = 1000;

/// Digits of a decimal, as 128 bits hold.
inline constexpr int kDecimalPrecisionMax = 38;

/// A file up to this size is sent in one put, a larger one as an upload in parts.
inline constexpr std::size_t kSinkBytesMax = 8U << 20;

/// Longest minimum or maximum of a string column that the Parquet footer keeps.
inline constexpr std::size_t kFooterBoundBytesMax = 4096;

/// Bytes of one row group in Arrow's layout; a row group ends at whichever comes first, its rows or
/// these.
inline constexpr std::int64_t kRowGroupBytesMax = 128LL << 20;

/// How much smaller Parquet is than Arrow's layout, until the first row group has told.
inline constexpr double kShrinkGuess = 0.35;

}  // namespace neuralake::columnar
