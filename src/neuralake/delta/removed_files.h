#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/snapshot.h"

namespace neuralake::delta {

/// A file that was removed, as far as a vacuum needs to know it.
struct RemovedFile {
  std::string path;                                ///< As in the log.
  std::optional<std::int64_t> deletion_timestamp;  ///< Milliseconds since 1970 UTC.
  std::int64_t size = 0;                           ///< Bytes; 0 when the log does not say.
  std::optional<DeletionVectorDescriptor> deletion_vector;
};

/// Every removed file that the log still names. Those past retention are among them, which
/// `Snapshot::tombstones` leaves out: they are what a vacuum is for. A snapshot that was advanced
/// may forget them after `TableOptions::tombstone_grace`.
/// \errors kInvalid  the snapshot was not made by a `Table`
Result<std::vector<RemovedFile>> RemovedFiles(const Snapshot& snapshot);

}  // namespace neuralake::delta
