#pragma once

#include <cstdint>
#include <optional>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/log/commit_mark.h"
#include "neuralake/delta/log/log_segment.h"
#include "neuralake/delta/state/table_state.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// A log read to its end.
struct Replayed {
  TableState state;
  std::optional<CommitInfo> info;  ///< Of the commit of the segment's version, when it is left.
  std::optional<CommitMark> mark;  ///< The same.
};

/// A failure, and the file that caused it: another choice of files may do without it.
struct ReplayFailure {
  Error error;
  std::string key;
};

/// Read the files of `segment`, several at once, and reconcile them.
///
/// \param readers  threads that read and parse; 1 or more
std::expected<Replayed, ReplayFailure> Replay(storage::ObjectStore& store,
                                              const LogSegment& segment, std::uint32_t readers,
                                              const Deadline& deadline);

}  // namespace neuralake::delta
