#pragma once

#include <memory>

#include "neuralake/base/error.h"
#include "neuralake/ingest/decode/column.h"

namespace neuralake::ingest {

/// An empty column for a field that is not nested.
/// \errors kUnsupported  variant and void: events cannot fill them
Result<std::unique_ptr<Column>> MakeScalarColumn(const columnar::Field& field);

}  // namespace neuralake::ingest
