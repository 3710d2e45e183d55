#pragma once

#include <chrono>
#include <cstddef>

namespace neuralake::catalog {

/// Names of databases and tables, in bytes: what the Postgres protocol's clients hold.
inline constexpr std::size_t kNameBytesMax = 63;

/// Names of columns, in bytes.
inline constexpr std::size_t kColumnNameBytesMax = 255;

/// Descriptions, owners, tags and the like, in bytes.
inline constexpr std::size_t kTextBytesMax = 64 << 10;

/// Exported definitions and manifests, in bytes; some 100,000 tables.
inline constexpr std::size_t kManifestBytesMax = 256 << 20;

/// What is kept of what the export says on standard error, in bytes: the end.
inline constexpr std::size_t kLogBytesMax = 1 << 20;

/// How long a child that was told to end may take before it is killed.
inline constexpr std::chrono::milliseconds kChildGrace{500};

/// How often a running child is looked at while nothing comes from it.
inline constexpr std::chrono::milliseconds kChildPoll{50};

}  // namespace neuralake::catalog
