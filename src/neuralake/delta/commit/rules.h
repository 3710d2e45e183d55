#pragma once

#include <span>

#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/snapshot.h"

namespace neuralake::delta {

/// Refuse actions that no commit may hold, whatever the table: two of one kind where one may be, a
/// file named twice, a wrong size, partition values of other columns.
///
/// \param metadata  of the table once `actions` are in
/// \errors kInvalid  naming what is wrong
/// \source Delta PROTOCOL.md, "Actions"
Status CheckActions(std::span<const Action> actions, const Protocol& protocol,
                    const Metadata& metadata);

/// Refuse actions that the table at `base` forbids: data that leaves an append-only table, changed
/// rows without a change feed where one is kept, another identity or partitioning, a feature in use
/// that the protocol does not name.
/// \errors kInvalid      naming the rule
///         kUnsupported  what this build cannot keep up
Status CheckTableRules(std::span<const Action> actions, const Snapshot& base);

/// Refuse metadata that makes use of a feature which `protocol` does not name, or that does not
/// hold together: partition columns that are not columns, or all columns.
/// \errors kInvalid
Status CheckMetadata(const Protocol& protocol, const Metadata& metadata);

}  // namespace neuralake::delta
