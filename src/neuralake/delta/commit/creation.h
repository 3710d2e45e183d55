#pragma once

#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/rng.h"
#include "neuralake/delta/actions.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// The lowest protocol that names every feature `metadata` makes use of, and those of `also`.
Protocol LowestProtocol(const Metadata& metadata, const std::vector<std::string>& also = {});

/// The actions of a table's first commit: its protocol and metadata, completed, before `actions`.
///
/// Fills id, creation time and schema text where they are empty. Properties that ask for a protocol
/// (`delta.feature.x = supported`, `delta.minReaderVersion`, `delta.minWriterVersion`) are met and
/// taken out. With column mapping, each column gets an id and a physical name.
/// \errors kInvalid  a name twice, a property that makes no sense
Result<std::vector<Action>> NewTable(Metadata metadata, std::vector<Action> actions, WallTime now,
                                     Rng& rng);

/// Refuse names that no new column may have: one twice, or, without column mapping, one with a
/// character that Spark refuses. Columns of `before` keep their names, whatever they are.
/// \errors kInvalid  naming the column
Status CheckNewColumns(const Metadata& metadata, const columnar::Schema& before);

/// Give the columns of `metadata` that have none an id and a physical name, if it maps columns.
void NumberNewColumns(Metadata& metadata, Rng& rng);

/// `protocol` with what `metadata` makes use of beyond it: itself when that is nothing.
Protocol RaisedProtocol(const Protocol& protocol, const Metadata& metadata);

/// \errors kAlreadyExists  the store holds a table's log, even one whose first commits are cleaned
/// up
Status CheckNoTable(storage::ObjectStore& store, const Deadline& deadline);

}  // namespace neuralake::delta
