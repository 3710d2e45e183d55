#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace neuralake::serve {

using namespace std::chrono_literals;

// HTTP: what a request may be.

/// Request line and header fields together.
inline constexpr std::size_t kHeaderBytesMax = 16 << 10;
inline constexpr std::size_t kHeadersMax = 100;
inline constexpr std::size_t kTargetBytesMax = 8 << 10;
/// Of a statement or a push; the ingest process takes as much.
inline constexpr std::size_t kBodyBytesMax = 16 << 20;
/// Parameters of one statement.
inline constexpr std::size_t kParametersMax = 1000;

// HTTP: how long a client may take.

/// From the first byte of a head to its end.
inline constexpr auto kHeadTimeMax = 5s;
/// A body must come at this rate or faster, after `kBodyGrace`.
inline constexpr std::size_t kBodyBytesPerSecondMin = 1 << 10;
inline constexpr auto kBodyGrace = 10s;
/// Between two requests of a connection.
inline constexpr auto kIdleTimeMax = 60s;
/// For the client to take a part of an answer.
inline constexpr auto kWriteTimeMax = 30s;
/// For the client to stop sending after a request was refused, before its connection is closed.
inline constexpr auto kLingerTimeMax = 2s;
inline constexpr std::size_t kRequestsPerConnectionMax = 100'000;

// Both protocols.

inline constexpr std::size_t kConnectionsMax = 1024;
/// Parts of an answer: so much is encoded before it is sent, and held in memory, a statement.
inline constexpr std::size_t kPartBytes = 256 << 10;
/// A part also ends after this time, so that slow answers flow.
inline constexpr auto kPartTimeMax = 200ms;
/// How often stopped, late and abandoned statements are looked for.
inline constexpr auto kSweepInterval = 50ms;
/// For statements to end after SIGTERM, before they are cancelled.
inline constexpr auto kDrainTimeMax = 10s;
/// For cancelled statements to end, before the process does.
inline constexpr auto kAbortTimeMax = 2s;

// Answers.

/// Rows of a Parquet row group in an answer: what is held before it is written.
inline constexpr std::int64_t kParquetGroupRowsMax = 122'880;
/// A page of `GET /api/v1/tables/{db}/{table}/rows`, unless it says another number.
inline constexpr std::uint64_t kPageRowsDefault = 1000;
inline constexpr std::uint64_t kPageRowsMax = 1'000'000;
/// Filters, columns and order terms of one `rows` request, together.
inline constexpr std::size_t kRowsTermsMax = 256;
inline constexpr std::size_t kCursorBytesMax = 8 << 10;
/// How long the columns of a table are remembered for filters.
inline constexpr auto kColumnsFreshFor = 2s;
/// To find out the columns of a table.
inline constexpr auto kDescribeTimeMax = 10s;
/// A file of the site; larger ones are refused.
inline constexpr std::size_t kStaticFileBytesMax = 64 << 20;
/// Statements shown by `GET /api/v1/queries`.
inline constexpr std::size_t kQueriesShown = 200;

// Definitions.

/// How often their files are looked at.
inline constexpr auto kDefinitionsInterval = 250ms;
/// For Python to import them.
inline constexpr auto kBuildTimeMax = 60s;
/// Broken definitions are built again after this time even when their files stay the same: what
/// they need may have come.
inline constexpr auto kBrokenRetryInterval = 30s;
/// Builds in a row that are given up because their files changed meanwhile; the next one may end,
/// or definitions that write a watched file would never be read.
inline constexpr int kBuildsGivenUpMax = 2;
/// Python files that are watched in one folder.
inline constexpr std::size_t kDefinitionFilesMax = 10'000;

// The Postgres protocol.

/// PostgreSQL's own bound.
inline constexpr std::size_t kStartupBytesMax = 10'000;
inline constexpr std::size_t kMessageBytesMax = 16 << 20;
inline constexpr auto kStartupTimeMax = 10s;
/// Of a statement and its parameters; what has more is bound on another thread.
inline constexpr std::size_t kBindBytesHereMax = 64 << 10;
inline constexpr std::size_t kPreparedMax = 1000;
inline constexpr std::size_t kPortalsMax = 100;
/// Of the prepared statements and portals of one session together.
inline constexpr std::size_t kKeptBytesMax = 64 << 20;
/// Of one transaction.
inline constexpr std::size_t kSavepointsMax = 1000;
/// How long the columns of tables are remembered for the system catalog.
inline constexpr auto kCatalogColumnsFreshFor = 30s;
/// Before a table whose columns could not be found is looked at again.
inline constexpr auto kCatalogRetryAfter = 2s;
/// To find out the columns of one table among many.
inline constexpr auto kDescribeOneTimeMax = 3s;
/// Session parameters that a client may invent.
inline constexpr std::size_t kSessionSettingsMax = 200;

}  // namespace neuralake::serve
