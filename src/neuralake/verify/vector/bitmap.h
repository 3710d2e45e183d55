#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "neuralake/base/error.h"

namespace neuralake::verify {

/// Called with the first and the last of a run of positions, in ascending order.
using RunVisit = std::function<void(std::uint64_t first, std::uint64_t last)>;

/// Walk the 64-bit bitmap `bytes` in its portable form, which must be the whole of them.
///
/// Every count and order that the form has is checked; nothing is allocated by what it claims.
/// \returns  how many positions it holds
/// \errors kCorruption
/// \source RoaringFormatSpec, "Extension for 64-bit implementations"
Result<std::uint64_t> WalkBitmap(std::string_view bytes, const RunVisit& visit);

}  // namespace neuralake::verify
