#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace neuralake::maintain {

/// Files that one rewrite reads at most; more become another rewrite of the next round.
inline constexpr std::size_t kFilesPerRewriteMax = 5'000;

/// A file with this share of its rows deleted is rewritten even when it is large.
inline constexpr double kDeletedShareMin = 0.3;

/// A file above this share of the target is left alone: merging it would gain little.
inline constexpr double kFullShare = 0.75;

/// How often in a row one compaction plans again after someone removed a file that it had read.
inline constexpr int kReplansMax = 3;

/// Rewrites that become one commit, and commits of one round; what is left waits for the next.
inline constexpr std::size_t kRewritesPerCommitMax = 64;
inline constexpr std::size_t kCommitsPerRoundMax = 1'000;

/// What a commit may take once its files are written, also when the process was told to end.
inline constexpr std::chrono::seconds kCommitTimeMax{30};

/// How old a file that no commit names must be: a writer may be about to commit a younger one.
inline constexpr std::chrono::hours kUncommittedAgeMin{24};

/// Older versions that a full vacuum loads when the retention is longer than the log's memory.
inline constexpr int kEarlierVersionsMax = 32;

/// How long commits stay when `delta.logRetentionDuration` does not say.
inline constexpr std::chrono::hours kLogRetentionDefault{24 * 30};

/// Parts of a checkpoint that are read at once before what lies before it is deleted.
inline constexpr std::uint32_t kLogReaders = 4;

/// Deletes in flight at once during a vacuum.
inline constexpr std::size_t kDeletesParallel = 8;

}  // namespace neuralake::maintain
