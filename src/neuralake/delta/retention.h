#pragma once

#include <chrono>

#include "neuralake/delta/actions.h"

namespace neuralake::delta {

/// How long removed files stay: `delta.deletedFileRetentionDuration`, or a week.
std::chrono::milliseconds TombstoneRetention(const Metadata& metadata);

}  // namespace neuralake::delta
