#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace neuralake::delta {

/// From the hash of a path to the rows of a segment that have it. Immutable.
class PathIndex {
 public:
  explicit PathIndex(std::span<const std::uint64_t> hashes);

  /// Call `visit(row)` for each row with `hash`, lowest first, until it returns false.
  template <class Visit>
  void ForEach(std::uint64_t hash, std::span<const std::uint64_t> hashes, Visit visit) const {
    for (std::size_t slot = hash & mask_; slots_[slot] != kFree; slot = (slot + 1) & mask_) {
      if (hashes[slots_[slot]] == hash && !visit(slots_[slot])) return;
    }
  }

 private:
  static constexpr std::uint32_t kFree = 0xffff'ffff;

  std::vector<std::uint32_t> slots_;
  std::size_t mask_ = 0;
};

}  // namespace neuralake::delta
