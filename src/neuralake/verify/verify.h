#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/storage/object_store.h"
#include "neuralake/verify/data/file_check.h"
#include "neuralake/verify/finding.h"

namespace neuralake::verify {

struct VerifyOptions {
  std::optional<std::int64_t> version;  ///< The newest without.
  Depth depth = Depth::kDeep;
};

/// What was looked at, and what was found.
struct Report {
  std::int64_t version = -1;
  std::size_t files = 0;
  std::size_t commits = 0;
  std::size_t checkpoints = 0;
  std::size_t checksums = 0;
  std::size_t not_reachable = 0;  ///< Files in places that there is no store for.
  std::size_t problems = 0;       ///< All of them; `findings` has `kFindingsMax` at most.
  std::vector<Finding> findings;
};

/// Check the table in `store` against the protocol: its log up to a version, its checkpoints and
/// checksums up to there, and the files of that version.
///
/// Every fault of the table is a finding. Memory: the state of the version, and a column of a row
/// group for each of `kFilesAtOnce` files.
/// \errors kNotFound  there is no table, or no such version
///         of the store, where they do not say that something is not there
/// \threads any
/// \source Delta PROTOCOL.md
Result<Report> Verify(std::shared_ptr<storage::ObjectStore> store, const VerifyOptions& options,
                      const Deadline& deadline);

}  // namespace neuralake::verify
