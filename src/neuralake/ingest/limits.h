#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace neuralake::ingest {

/// A pushed body, in bytes. One body is one record of the log, so it must fit a segment.
inline constexpr std::uint64_t kBodyBytesMax = 16ULL << 20;
/// An Idempotency-Key, in bytes.
inline constexpr std::size_t kIdempotencyKeyBytesMax = 255;
/// Keys remembered at once; beyond it requests with a key are turned away until old ones expire.
inline constexpr std::size_t kIdempotencyKeysMax = 2'000'000;
/// Files of keys beside the log; one more and they are merged into one.
inline constexpr std::size_t kKeyFilesMax = 32;

/// One segment file of the log, in bytes.
inline constexpr std::uint64_t kSegmentBytes = 32ULL << 20;
/// The smallest segment that settings may ask for.
inline constexpr std::uint64_t kSegmentBytesMin = 16ULL << 10;
/// What one sync of the log writes at most before the next begins, in bytes.
inline constexpr std::uint64_t kGroupBytesMax = 8ULL << 20;
/// Appends that wait for their sync; more are turned away.
inline constexpr std::size_t kAppendQueueMax = 4096;

/// Decoded rows kept in memory over all tables, in bytes; beyond it pushed ones are read again from
/// the log when their turn comes, and Kafka partitions pause. What a topic has polled already and
/// what a flush reads again come on top.
inline constexpr std::uint64_t kPendingBytesMax = 512ULL << 20;
/// What bodies that are decoded at once may take together, in bytes; others wait.
inline constexpr std::uint64_t kDecodingBytesMax = 512ULL << 20;
/// How long the oldest acknowledged row may wait for its commit before new ones are turned away.
inline constexpr std::chrono::milliseconds kFlushLagMax = std::chrono::minutes(5);
/// Between attempts of a flush that failed: doubled from the first to the second.
inline constexpr std::chrono::milliseconds kFlushRetryFirst{100};
inline constexpr std::chrono::milliseconds kFlushRetryMost{5'000};
/// One attempt of a flush, from reading the table to its commit.
inline constexpr std::chrono::milliseconds kFlushAttempt{60'000};
/// Decoded rows that one flush writes, in bytes, and at most one body more; the others wait for the
/// next. They are joined into one batch, whose columns must stay below 2 GiB.
inline constexpr std::uint64_t kFlushDecodedBytesMax = 256ULL << 20;
/// Plans of one flush that lose to concurrent changes before it counts as failed.
inline constexpr int kFlushPlansMax = 8;

/// Tables that are flushed at once.
inline constexpr std::size_t kFlushThreads = 3;
/// Checkpoints that may wait to be written; a later one of the same table makes up for one left
/// out.
inline constexpr std::size_t kCheckpointQueueMax = 64;
inline constexpr std::chrono::milliseconds kCheckpointTime{120'000};

/// Decoders that a table keeps for the next pushes.
inline constexpr std::size_t kDecodersKeptMax = 16;
/// Connections to the local socket, of all clients and of one.
inline constexpr std::size_t kConnectionsMax = 128;
inline constexpr std::size_t kClientConnectionsMax = 32;
/// How long a push may wait for its answer, whatever its sender says.
inline constexpr std::chrono::milliseconds kPushPatienceMax{60'000};
/// A frame of the socket's protocol, in bytes: a body and its head.
inline constexpr std::uint64_t kFrameBytesMax = kBodyBytesMax + (64ULL << 10);

/// How deep a JSON value may nest.
inline constexpr int kJsonDepthMax = 64;
/// How much of a value the reason of a dead letter quotes, in bytes.
inline constexpr std::size_t kReasonTextMax = 80;
/// How much of a reason is kept, in bytes.
inline constexpr std::size_t kReasonBytesMax = 500;
/// Reasons that the answer to a push tells.
inline constexpr std::size_t kReasonsToldMax = 5;
/// Memory that the rows of one body may take once they are decoded, in bytes, and so a batch of an
/// Arrow body while it is read. Compression, dictionaries and missing members let a small body hold
/// much.
inline constexpr std::int64_t kDecodedBytesMax = 256LL << 20;

/// Messages taken from Kafka at once, and how long to wait for the first.
inline constexpr std::size_t kKafkaBatchMax = 10'000;
inline constexpr std::chrono::milliseconds kKafkaPoll{100};
/// Messages of one partition that wait together, as they came and decoded, in bytes, and at most
/// one message more; the others go apart. What waits together is committed together.
inline constexpr std::uint64_t kKafkaPieceBytesMax = 64ULL << 20;
/// Rows of one topic that may wait for their commit, in bytes; beyond it its partitions pause.
inline constexpr std::uint64_t kKafkaPendingBytesMax = 128ULL << 20;
/// Between attempts to read a topic that cannot be read.
inline constexpr std::chrono::milliseconds kKafkaRetry{500};
/// How often a topic is asked for new partitions.
inline constexpr std::chrono::milliseconds kKafkaMetadataInterval{30'000};

}  // namespace neuralake::ingest
