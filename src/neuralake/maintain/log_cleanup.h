#pragma once

#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/table.h"
#include "neuralake/maintain/vacuum_plan.h"

namespace neuralake::maintain {

/// The files of the log that no version within the log's own retention needs, oldest first.
///
/// The table says how long by `delta.logRetentionDuration`, 30 days when it does not; with
/// `delta.enableExpiredLogCleanup = false` nothing goes. A commit or checkpoint in the answer lies
/// before the newest checkpoint that was committed before that time, and that checkpoint was read
/// from end to end: every later version can be had as before. Earlier ones cannot be travelled to
/// any more. Sidecars stay.
/// \param now     what the retention counts back from
/// \param needed  versions since then are needed whatever the table says
/// \errors what the store answers
/// \source Delta PROTOCOL.md, "Metadata Cleanup"
Result<std::vector<DoomedFile>> PlanLogCleanup(delta::Table& table, const delta::Metadata& metadata,
                                               WallTime now, WallTime needed,
                                               const Deadline& deadline);

}  // namespace neuralake::maintain
