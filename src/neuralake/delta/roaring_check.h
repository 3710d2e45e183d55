#pragma once

#include <cstddef>
#include <string_view>

namespace neuralake::delta {

/// The length of the 32-bit Roaring bitmap at the start of `bytes`, in the portable format; 0 when
/// there is none, or when it contradicts itself: keys or values out of order, overlapping runs,
/// wrong counts. The library reads such bytes without complaint and misbehaves later.
/// \source RoaringFormatSpec, "Format specification"
std::size_t SoundBitmapSize(std::string_view bytes);

}  // namespace neuralake::delta
