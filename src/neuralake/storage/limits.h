#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace neuralake::storage {

/// Longest key in bytes, with the root's prefix in front of it: S3's own limit.
inline constexpr std::size_t kKeyBytesMax = 1024;

/// Most keys of one page of a listing.
inline constexpr std::uint32_t kListKeysMax = 100'000;

/// Keys that S3 gives at most a page, and bytes that such a page may have: long keys, encoded.
inline constexpr std::uint32_t kS3ListKeysMax = 1000;
inline constexpr std::uint64_t kS3ListBytesMax = 64U << 20;

/// How often a local put makes its folder again when somebody removes it meanwhile.
inline constexpr int kMakeFolderAttemptsMax = 3;

/// How a draft's file name begins where the file system has no nameless files. Such names are
/// never listed and are no keys.
inline constexpr std::string_view kDraftPrefix = ".neuralake-draft-";

/// How many keys a `FaultyStore` can leave out of a stale listing.
inline constexpr std::size_t kNewestKeysMax = 256;

/// Connections of one S3 store at once; more requests wait.
inline constexpr std::size_t kConnectionsMax = 64;

/// For a connection to stand, TLS included.
inline constexpr std::chrono::seconds kConnectTimeout{5};

/// Without a byte in either direction until a request counts as lost.
inline constexpr std::chrono::seconds kSilenceTimeout{30};

/// A kept connection that was idle longer is not used again: servers close theirs about then.
inline constexpr std::chrono::seconds kIdleConnectionMax{30};

/// Headers of an answer that are kept.
inline constexpr std::size_t kHeadersMax = 100;

/// Attempts of one request, the first included.
inline constexpr int kAttemptsMax = 8;

/// Upper bound of the pause before the second attempt; doubles with each.
inline constexpr std::chrono::milliseconds kFirstRetryWaitMax{100};

/// Upper bound of any pause that we choose.
inline constexpr std::chrono::seconds kRetryWaitMax{5};

/// Longest pause that a server's Retry-After gets, in seconds.
inline constexpr int kRetryAfterSecondsMax = 20;

/// Bytes of one part of an upload, which is also what it buffers. Doubles every
/// `kPartsOfOneSize` parts, so that the largest object that S3 takes fits into its parts.
inline constexpr std::uint64_t kPartBytes = 8U << 20;
inline constexpr std::size_t kPartsOfOneSize = 1000;
inline constexpr std::size_t kPartsMax = 10'000;

/// For telling the store that an upload is given up.
inline constexpr std::chrono::seconds kAbortTimeout{10};

/// Attempts at a service that hands out credentials, and the time of one of them.
inline constexpr int kCredentialsAttemptsMax = 3;
inline constexpr std::chrono::seconds kCredentialsTimeout{10};

/// For a connection to a metadata service, which is on this machine or nowhere.
inline constexpr std::chrono::seconds kMetadataTimeout{1};

/// How long before their end credentials are fetched anew.
inline constexpr std::chrono::minutes kCredentialsRefreshBefore{5};

/// Pause after a failed refresh, while the old credentials are valid.
inline constexpr std::chrono::seconds kCredentialsRetryAfter{10};

/// How often a thread that waits for another's fetch looks at its deadline.
inline constexpr std::chrono::milliseconds kCredentialsWaitStep{100};

}  // namespace neuralake::storage
