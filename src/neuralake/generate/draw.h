#pragma once

#include <cstdint>
#include <string_view>

namespace neuralake::generate {

/// Random numbers that depend on the seed, a name and a position alone: row 7 of a column is the
/// same in every run, whatever was generated before it.
///
/// A pure function, not a view of the outside world: the `Rng` seam is for what is not repeatable.
/// \threads safe from any thread
class Draw {
 public:
  /// \param name  what the numbers are for; each name is a sequence of its own
  Draw(std::uint64_t seed, std::string_view name);

  /// 64 uniform bits at `position`.
  std::uint64_t Bits(std::int64_t position) const;

  /// Uniform in [0, 1).
  double Unit(std::int64_t position) const;

  /// Uniform in [low, high], both included; `low` ≤ `high`.
  std::int64_t Between(std::int64_t position, std::int64_t low, std::int64_t high) const;

  /// True with `probability`, 0..1.
  bool Chance(std::int64_t position, double probability) const;

  /// Mean 0, standard deviation 1; within ±3.47, since it is a sum of four uniform ones.
  double Normal(std::int64_t position) const;

  /// One of 0..count-1: uniform without skew, else rank `r` about as often as `(r + 1)^-skew`.
  ///
  /// \param skew  0 or more; 1 is Zipf's law
  std::int64_t Rank(std::int64_t position, std::int64_t count, double skew) const;

 private:
  std::uint64_t key_;
};

}  // namespace neuralake::generate
