#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace neuralake::query {

/// From arrival to the last row, unless the asker wants less.
inline constexpr std::chrono::milliseconds kTimeoutDefault{300'000};

/// An answer is cut after so many rows, and says so, unless the asker names another number.
inline constexpr std::uint64_t kRowsDefault = 10'000;

/// The text of one statement; longer ones are refused before they are read.
inline constexpr std::size_t kSqlBytesMax = std::size_t{1} << 20;

/// Tokens of one text; a longer one is refused.
inline constexpr std::size_t kTokensMax = 200'000;

/// How deep block comments may nest.
inline constexpr std::size_t kCommentDepthMax = 64;

/// Statements that wait for a slot of a lane; the next one is refused.
inline constexpr std::size_t kWaitingMax = 256;

/// Work that runs at the same time in the long lane. The short lane has twice the processors.
inline constexpr std::size_t kLongSlots = 4;

/// The most that the long lane takes over from the short one, so that those who ask briefly are
/// served while so many take long.
inline constexpr std::size_t kLongMost = 64;

/// A step that takes longer gives its slot of the short lane to others, and a statement that used
/// more in all goes on in the long lane.
inline constexpr std::chrono::milliseconds kShortTimeMax{100};

/// Statement texts whose duration is remembered to choose their lane.
inline constexpr std::size_t kRememberedTexts = 4096;

/// Finished statements that `GET /api/v1/queries` can still show.
inline constexpr std::size_t kHistoryMax = 1000;

/// Of a statement's text, as it is kept in the history.
inline constexpr std::size_t kHistorySqlBytesMax = 2000;

/// Of an error's message, in an answer and in the history.
inline constexpr std::size_t kErrorBytesMax = 2000;

}  // namespace neuralake::query
