#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace neuralake::delta {

/// How deep the JSON of an action may nest.
inline constexpr std::size_t kActionDepthMax = 128;
/// Memory that the values of a usual action take while it is parsed; larger ones ask for more.
inline constexpr std::size_t kActionBufferBytes = 64UL * 1024;
inline constexpr std::size_t kParserStackBytes = 4UL * 1024;

/// Strings of a column segment above this get memory of their own.
inline constexpr std::size_t kArenaOwnChunkBytes = 64UL * 1024;

/// Rows of one column segment; a larger checkpoint becomes several segments.
inline constexpr std::size_t kSegmentRowsMax = 1U << 20;

/// Segments of fewer rows are joined when a log is replayed.
inline constexpr std::size_t kSegmentRowsMin = 4096;

/// Live rows up to which two segments are joined into one.
inline constexpr std::size_t kMergeRowsMax = 1U << 18;

/// Bytes of commit files that one task of a replay reads and parses.
inline constexpr std::uint64_t kReplayTaskBytes = 4U << 20;
/// Bytes of a large commit file that are held at once while it is read.
inline constexpr std::uint64_t kLogPieceBytes = 4U << 20;
/// Commit files of one task, whatever their size.
inline constexpr std::size_t kReplayTaskFiles = 256;

/// Bytes of a commit file that tell it from another of the same version.
inline constexpr std::size_t kCommitMarkBytes = 4096;

/// How long a held snapshot is followed commit by commit before the log is listed again: clean-up
/// may have removed the next commit, which then looks like none.
inline constexpr std::chrono::minutes kRelistAfter{10};

/// Keys of a listing that one look at a log may hold.
inline constexpr std::size_t kLogListingKeysMax = 5'000'000;

/// Partition values of a segment that are kept once each; beyond it they repeat.
inline constexpr std::size_t kPartitionDictionaryMax = 65'536;

/// Rows of a checkpoint that are held as Arrow arrays at once.
inline constexpr std::int64_t kCheckpointBatchRows = 16'384;

/// Rows of a row group of a checkpoint that this build writes.
inline constexpr std::int64_t kCheckpointGroupRows = 65'536;
/// Versions from one checkpoint to the next without `delta.checkpointInterval`.
inline constexpr std::int64_t kCheckpointIntervalDefault = 10;
/// What a checkpoint behind a commit may take.
inline constexpr std::chrono::minutes kCheckpointTime{10};
/// How long a table that goes waits for the checkpoint that is under way before it is cancelled.
inline constexpr std::chrono::seconds kCheckpointPatience{60};

/// Columns whose statistics a segment keeps decoded.
inline constexpr std::size_t kFactColumnsMax = 64;
/// Bytes from which a bound of a string may be one that its writer cut off; most cut at 32
/// characters.
inline constexpr std::size_t kStatsTextCutMin = 32;

/// How long removed files stay as tombstones without `delta.deletedFileRetentionDuration`.
inline constexpr std::chrono::hours kTombstoneRetentionDefault{7 * 24};

/// Characters of a string that a file's statistics keep.
inline constexpr std::size_t kStatsStringCharsMax = 32;

/// Longest step of a partition folder, in bytes; file systems take 255.
inline constexpr std::size_t kFolderBytesMax = 200;
/// Rows that go to a file between two looks at its size.
inline constexpr std::int64_t kWriteSliceRows = 32'768;
/// Data files that one writer has open; beyond it, the largest is closed.
inline constexpr std::size_t kOpenFilesMax = 128;
/// Bytes that the open files of one writer hold in memory; beyond it, the largest is closed.
inline constexpr std::int64_t kOpenFileBytesMax = 512LL << 20;
/// Files that are sent at a time when a writer finishes.
inline constexpr std::size_t kFinishThreads = 4;

/// The share of a file's rows that may be dead before what is left of it is copied.
inline constexpr double kDeadShareMax = 0.75;
/// Bytes from which a file of deletion vectors is closed and the next one begun.
inline constexpr std::size_t kDeletionVectorFileBytes = 4U << 20;
/// Bytes of one deletion vector; offsets and sizes in the log are 32-bit numbers with a sign.
inline constexpr std::size_t kDeletionVectorBytesMax = (1U << 31) - (8U << 20);

/// What deleting files may take that were written and not committed.
inline constexpr std::chrono::seconds kDropTime{5};

/// Commits kept in memory for writers that share a table, and the actions of all of them.
inline constexpr std::size_t kRecentCommitsMax = 64;
inline constexpr std::size_t kRecentActionsMax = 4096;

/// Puts of one version in a row that fail before a commit gives up.
inline constexpr std::uint32_t kPutFailuresMax = 8;
/// The first and the longest wait between two puts.
inline constexpr std::chrono::milliseconds kBackoffMin{4};
inline constexpr std::chrono::milliseconds kBackoffMax{1000};
/// What a look at the outcome of a put may take when the caller's time is over.
inline constexpr std::chrono::seconds kSettleGrace{5};

}  // namespace neuralake::delta
