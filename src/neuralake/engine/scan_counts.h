#pragma once

#include <cstdint>

#include "neuralake/engine/executor.h"

namespace neuralake::engine {

/// Data files that the scans of one statement met.
struct ScanCounts {
  std::uint64_t files_total = 0;  ///< Live files of the tables at their versions.
  std::uint64_t files_read = 0;   ///< Of these, files that were opened.
};

/// What the scans of `stream` have met so far; nothing for a stream that is not an engine's.
ScanCounts CountScans(const RowStream& stream);

}  // namespace neuralake::engine
