#pragma once

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/delta/actions.h"

namespace neuralake::delta {

/// Whether values of `from` in older files may be read as `to` without loss.
/// \source Delta PROTOCOL.md, "Type Widening"
bool IsWidening(const columnar::DataType& from, const columnar::DataType& to);

/// Check the history of types in the schema: a reader must know every change.
/// \errors kUnsupported  a change that is no widening, naming column and types
///         kCorruption   a history that is none
Status CheckTypeChanges(const columnar::Schema& schema);

}  // namespace neuralake::delta
