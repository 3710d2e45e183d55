#pragma once

#include <functional>
#include <span>

#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/predicate.h"
#include "neuralake/delta/table.h"

namespace neuralake::delta {

/// A commit in the making, as far as others can be in its way.
struct Transaction {
  std::span<const Action> actions;
  const ReadSet* reads;
  Isolation isolation;
};

/// Whether a row of `file` may satisfy `predicate`.
using MayMatch = std::function<bool(const AddFile& file, const Predicate& predicate)>;

/// Judge the commit `version` with the actions `winner`, which was there first: may `ours` follow
/// it as it is?
///
/// In the way are: another protocol or metadata; a domain or an application version that both
/// write; a file that both remove; a changed file that `ours` read (deleted rows); and, by
/// `Transaction::isolation`, a new file with rows that `ours` would have read. A commit that
/// changes no data is only in the way of those who remove the same file, since the rows that were
/// read are still there.
///
/// \errors kConflict  naming the version, the file or thing, and the kind of conflict
/// \source Delta's conflict checker: ConcurrentAppend, ConcurrentDeleteRead,
///         ConcurrentDeleteDelete, MetadataChanged, ProtocolChanged, ConcurrentTransaction
Status CheckConflict(const Transaction& ours, Version version, std::span<const Action> winner,
                     const MayMatch& may_match);

}  // namespace neuralake::delta
