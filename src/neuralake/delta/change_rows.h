#pragma once

#include <memory>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/change_feed.h"

namespace neuralake::delta {

/// Names of the columns of a change feed, behind those of the table.
inline constexpr const char* kChangeType = "_change_type";
inline constexpr const char* kCommitVersion = "_commit_version";
inline constexpr const char* kCommitTimestamp = "_commit_timestamp";
/// What kind of change a whole file is; null where `_change_type` tells it row by row.
inline constexpr const char* kChangeKind = "_change_kind";

/// The field of `kChangeType`, as files of the feed hold it.
columnar::Field ChangeTypeColumn();

/// The changes of `plan`, a plan of `table`, as a table that can be scanned: its files in the order
/// of the versions, each with version, time and kind as partition values.
///
/// \errors kNotFound, kCorruption  a data file that must be opened to know how many rows it has, or
///                                 a deletion vector
Result<std::shared_ptr<Table>> ChangeTable(const ChangePlan& plan, Table& table,
                                           const Deadline& deadline);

}  // namespace neuralake::delta
