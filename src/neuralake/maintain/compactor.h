#pragma once

#include <cstdint>
#include <memory>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/table.h"
#include "neuralake/engine/file_reader.h"
#include "neuralake/maintain/compaction_plan.h"

namespace neuralake::maintain {

/// What one round of compaction did, or would do.
struct CompactionReport {
  std::size_t files_removed = 0;
  std::size_t files_added = 0;
  std::int64_t bytes_removed = 0;
  std::int64_t bytes_added = 0;
  std::size_t commits = 0;
  std::uint32_t replans = 0;    ///< After commits of others that took away what was read.
  delta::Version version = -1;  ///< Of the last commit; -1 when there was nothing to do.
};

/// Merge the small files of `table`, without changing a row.
///
/// Each commit is about one large file, with `dataChange=false`, and is rebased over whatever was
/// appended meanwhile; an append never fails because of it. When a file it read is removed by
/// somebody, the round plans again on the new version. A stop of `deadline` ends the round between
/// two commits, with the report of what was done.
/// \param plan_only  say what would be done and change nothing
/// \errors kConflict    after several plans in a row that lost to other writers
///         kUnsupported the table has a writer feature that this build lacks, by name
///         kCorruption  files hold other rows than the log says; nothing was changed
/// \threads one thread a table
Result<CompactionReport> Compact(delta::Table& table, engine::FileReader& reader,
                                 const CompactionOptions& options, bool plan_only,
                                 const Deadline& deadline);

}  // namespace neuralake::maintain
