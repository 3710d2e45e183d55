#pragma once

#include <cstddef>

namespace neuralake::site {

/// Bytes of a name that a file name keeps; a hash stands for the rest.
inline constexpr std::size_t kFileNameBytesMax = 80;

/// Rows of the table list that the first page holds as HTML; the script makes the others.
inline constexpr std::size_t kIndexRowsMax = 200;

/// Characters of a description that the lists and the search hold.
inline constexpr std::size_t kSummaryCharactersMax = 180;

/// Versions that a table page lists, newest first.
inline constexpr std::size_t kHistoryMax = 30;

/// Partitions that a table page lists, largest first.
inline constexpr std::size_t kPartitionsMax = 50;

/// Files whose column bounds are merged for a page; with more, bounds are left out.
inline constexpr std::size_t kBoundsFilesMax = 20'000;

/// Parquet files whose footers are read for a page; with more, only sizes are shown.
inline constexpr std::size_t kFootersMax = 1'000;

/// Columns that snippets name; a wider table is asked for `*`.
inline constexpr std::size_t kSnippetColumnsMax = 4;

/// Characters of a minimum or maximum that a page shows.
inline constexpr std::size_t kBoundCharactersMax = 40;

/// Tables whose facts are collected at the same time.
inline constexpr std::size_t kCollectThreads = 4;

}  // namespace neuralake::site
