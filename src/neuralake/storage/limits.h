#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace neuralake::storage {

/// Longest key in bytes, with the root's prefix in front of it: S3's own limit.
inline constexpr std::size_t kKeyBytesMax = 1024;

/// Most keys of one page of a listing. S3 gives at most 1,000 of them at a time.
inline constexpr std::uint32_t kListKeysMax = 100'000;

/// How often a local put makes its folder again when somebody removes it meanwhile.
inline constexpr int kMakeFolderAttemptsMax = 3;

/// How a draft's file name begins where the file system has no nameless files. Such names are
/// never listed and are no keys.
inline constexpr std::string_view kDraftPrefix = ".neuralake-draft-";

/// How many keys a `FaultyStore` can leave out of a stale listing.
inline constexpr std::size_t kNewestKeysMax = 256;

}  // namespace neuralake::storage
