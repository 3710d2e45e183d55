#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// The limits of the engine, each with a name.

namespace neuralake::engine {

/// Statements that run at once; one more is refused with kResourceExhausted.
constexpr std::size_t kStatementsMax = 256;

/// How often a change is tried whose commit loses to others before it fails with kConflict.
constexpr int kChangeAttemptsMax = 10;

/// Bytes of one statement's text.
constexpr std::size_t kStatementBytesMax = 1 << 20;

/// Nested expressions, subqueries and relations that admission follows.
constexpr std::size_t kNestingMax = 200;

/// Queries and relations of one statement, with those inside: planning takes more than linear time
/// and memory in them, and looks for no interrupt. 10,000 queries took 9 s and 1.9 GB.
constexpr std::size_t kPartsMax = 1'000;

/// A statement past its end is interrupted again and again, this far apart, until it stops: an
/// interrupt that arrives before execution begins is lost.
constexpr std::chrono::milliseconds kInterruptEvery{10};

/// Bytes of an error's message. DuckDB repeats whole values in them, however long they are.
constexpr std::size_t kErrorBytesMax = 1'000;

/// A file of no more rows and bytes is scanned at a stretch, before somebody looks for an
/// interrupt: looking costs DuckDB's reader its short way for conditions on columns with a
/// dictionary, a tenth of the time of such a scan.
constexpr std::int64_t kStretchFileRows = 500'000;
constexpr std::int64_t kStretchFileBytes = 8 << 20;

/// What a function may do at a stretch, before somebody looks for an interrupt. What ends a
/// statement after it has the rest of the 250 ms.
constexpr std::chrono::milliseconds kStretchMax{150};

/// What a function may take for one value, when nothing can stop it meanwhile.
constexpr std::chrono::milliseconds kValueMax{500};

/// Bytes that `replace` may make of a value, which it does outside of what counts memory.
constexpr std::size_t kReplacedBytesMax = 256 << 20;

/// One step of a regular expression's machine in one state, at worst: 50 MB by a machine of some
/// 500 states took 127 s.
constexpr std::chrono::nanoseconds kRegexpStateCost{5};

/// Bytes of a block of memory from which on it is counted, and from which on it may be refused.
/// The rest is small: a vector of 2,048 numbers has 16 KiB.
constexpr std::size_t kCountedBytesMin = 4 << 10;
constexpr std::size_t kRefusedBytesMin = 64 << 10;

/// What values in work may take besides an engine's memory: one part of so many, and never less
/// than this.
constexpr std::uint64_t kVectorShare = 4;
constexpr std::uint64_t kVectorBytesMin = 128ULL << 20;

/// Bytes of the name of a time zone.
constexpr std::size_t kTimeTextBytesMax = 1'000;

/// Files whose statistics are merged into bounds for the optimizer while a statement is bound.
constexpr std::size_t kStatisticsFilesMax = 1'000;

/// Files whose counts and bounds may answer a statement without reading rows.
constexpr std::size_t kMetadataFilesMax = 20'000;

/// Decoded deletion vectors kept for the next statement.
constexpr std::size_t kDeletionVectorsCached = 1'000;

/// One read of bytes from a store, when no statement's deadline is nearer.
constexpr std::chrono::seconds kReadTimeout{60};

/// For the tasks of a statement that ends to come to nothing; then it ends with those there are.
constexpr std::chrono::seconds kTasksEndTime{1};

/// Files of a Parquet or CSV table.
constexpr std::size_t kListedFilesMax = 100'000;

/// Bytes of a CSV file's first line that are looked at, and how many at once.
constexpr std::size_t kCsvHeaderBytesMax = std::size_t{1} << 20;
constexpr std::size_t kCsvHeaderPiece = std::size_t{1} << 14;

/// Bytes of a header that a message shows: without line breaks it may be all of the file.
constexpr std::size_t kCsvHeaderShownBytes = 200;

/// Rows of one Arrow batch that leaves the engine: few in the first, for a quick first answer.
constexpr std::size_t kBatchRows = 16'384;

/// Bytes of rows at which a batch for maintenance ends, however few rows it has.
constexpr std::size_t kBatchBytes = 32 << 20;

/// What a database in memory may take, for its tables and its statements.
constexpr std::uint64_t kMemoryDatabaseBytes = 256ULL << 20;

/// One call of a function table, with its wait for a free process.
constexpr std::chrono::minutes kFunctionTimeMax{5};

/// Bytes of the table that one call returns: they are held in memory.
constexpr std::size_t kFunctionAnswerBytesMax = std::size_t{1} << 30;

/// How often the memory of a worker that computes is looked at.
constexpr std::chrono::milliseconds kWorkerMemoryEvery{20};

/// Bytes of the first line of a worker's answer.
constexpr std::size_t kWorkerLineBytesMax = 1 << 20;

/// Bytes that a pipe from a worker holds.
constexpr std::size_t kWorkerPipeBytes = 1 << 20;

/// Bytes of a worker's standard error that are kept, and that an error repeats.
constexpr std::size_t kWorkerLogBytesMax = 64 << 10;
constexpr std::size_t kWorkerSaidBytesMax = 1 << 10;

/// How long a worker that was told to end may take before it is killed.
constexpr std::chrono::milliseconds kWorkerGrace{20};

/// How long a worker that closed its output may take to end by itself.
constexpr std::chrono::milliseconds kWorkerExitWait{500};

}  // namespace neuralake::engine
