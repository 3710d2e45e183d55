#pragma once

#include <cstddef>
#include <string_view>

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// How many states a machine for the regular expression `pattern` has, about: what one byte of a
/// value costs in steps when the pattern defeats every short cut.
std::size_t PatternStates(std::string_view pattern);

/// Bound what the functions for regular expressions and for times may do at a stretch.
///
/// DuckDB looks for an interrupt between two batches of rows, and a pattern such as `.{300}z` takes
/// minutes for one value of 50 MB. So a batch is worked on in pieces with a look between them, and
/// a value that alone could take longer than `kStretchMax` is refused with kResourceExhausted. So
/// is the name of a time zone of more than `kTimeTextBytesMax` bytes: for an unknown zone names
/// that are like it are looked for, 5 us a byte.
void BoundFunctions(duckdb::Connection& connection);

}  // namespace neuralake::engine
