#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace neuralake {

/// Parse a time span as Delta's table properties have it: `interval 7 days`,
/// `interval 1 week 2 hours`, `168 hours`. Units from microseconds to weeks, singular or plural,
/// without case. Nothing for months, years, negative spans and nonsense.
std::optional<std::chrono::milliseconds> ParseInterval(std::string_view text);

}  // namespace neuralake
