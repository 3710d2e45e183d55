#pragma once

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// Bound what every function that SQL may call does at a stretch with long values.
///
/// DuckDB looks for an interrupt between two batches of rows. So a batch whose values are long is
/// worked on in pieces of `kStretchMax`, by the rule of the function, with a look between them, and
/// a value that alone could take longer than `kValueMax` is refused with kResourceExhausted where
/// the rule says so. A function that runs out of memory is named.
///
/// \param context  in a transaction
void BoundWork(duckdb::ClientContext& context);

}  // namespace neuralake::engine
