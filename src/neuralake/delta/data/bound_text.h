#pragma once

#include <optional>
#include <string>

#include "neuralake/columnar/value.h"

namespace neuralake::delta {

/// JSON text that is not greater than `value`: strings cut to `kStatsStringCharsMax` characters,
/// instants to the millisecond before. Nothing when there is none.
std::optional<std::string> LowerBoundText(const columnar::Value& value);

/// JSON text that is not less than `value`: a string that must be cut ends in a character raised by
/// one, in the order of code points; instants go to the millisecond after. Nothing when there is
/// none.
std::optional<std::string> UpperBoundText(const columnar::Value& value);

}  // namespace neuralake::delta
