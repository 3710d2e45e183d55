#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "neuralake/delta/actions.h"

namespace neuralake::delta {

/// Parse a table property that is a time span: `interval 7 days`, `interval 1 week 2 hours`,
/// `168 hours`. Units from microseconds to weeks, singular or plural, without case. Nothing for
/// months, years, negative spans and nonsense.
std::optional<std::chrono::milliseconds> ParseInterval(std::string_view text);

/// How long removed files stay: `delta.deletedFileRetentionDuration`, or a week.
std::chrono::milliseconds TombstoneRetention(const Metadata& metadata);

}  // namespace neuralake::delta
