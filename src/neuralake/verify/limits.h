#pragma once

#include <cstddef>
#include <cstdint>

namespace neuralake::verify {

/// Findings kept with their text; those beyond it are counted only.
inline constexpr std::size_t kFindingsMax = 1000;

/// Data files read at once.
inline constexpr std::size_t kFilesAtOnce = 4;

/// Rows of a file up to which its deleted rows are looked at one by one.
inline constexpr std::uint64_t kVectorRowsMax = std::uint64_t{1} << 33;

/// Levels of nested objects and lists in a JSON text.
inline constexpr std::size_t kJsonDepthMax = 512;

/// Levels of nested types in a schema.
inline constexpr int kTypeDepthMax = 100;

/// Characters of a value that a message quotes.
inline constexpr std::size_t kQuoteMax = 80;

}  // namespace neuralake::verify
