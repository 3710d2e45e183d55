#pragma once

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// Put functions in place of DuckDB's LIKE, ILIKE and GLOB whose time does not grow with a power of
/// a value's length: `'%_a%_b%_c%_z'` took DuckDB 13 s for 4,000 bytes. A LIKE whose pattern was
/// known when the statement was bound and has no `_` stays DuckDB's, which is as fast.
///
/// A value that alone could take longer than `kStretchMax` is refused with kResourceExhausted.
/// \pre inside a transaction of `context`
void ReplaceLikeFunctions(duckdb::ClientContext& context);

}  // namespace neuralake::engine
