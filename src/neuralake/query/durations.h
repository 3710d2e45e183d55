#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "neuralake/query/limits.h"

namespace neuralake::query {

/// How long statements with the same text took, so that the next one starts in the right lane.
///
/// Two texts can share a place; then the later one is remembered. Only the choice of a lane hangs
/// on it, never an answer.
/// \threads safe from any thread, without locks
class Durations {
 public:
  void Remember(std::string_view sql, std::chrono::milliseconds duration);

  /// The recent duration of this text, smoothed, or nothing when it is not remembered.
  std::optional<std::chrono::milliseconds> Recall(std::string_view sql) const;

 private:
  // The upper half of the text's hash, then milliseconds.
  std::array<std::atomic<std::uint64_t>, kRememberedTexts> places_{};
};

}  // namespace neuralake::query
