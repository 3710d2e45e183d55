#include "neuralake/delta/state/path_index.h"

#include <bit>

namespace neuralake::delta {

PathIndex::PathIndex(std::span<const std::uint64_t> hashes) {
  // At most two thirds full, so that a search is short.
  slots_.assign(std::bit_ceil(hashes.size() * 3 / 2 + 1), kFree);
  mask_ = slots_.size() - 1;
  for (std::uint32_t row = 0; row < hashes.size(); ++row) {
    std::size_t slot = hashes[row] & mask_;
    while (slots_[slot] != kFree) slot = (slot + 1) & mask_;
    slots_[slot] = row;
  }
}

}  // namespace neuralake::delta
