#pragma once

#include <cstdint>
#include <mutex>
#include <random>

namespace neuralake {

/// Randomness, as a seam: jitter, identifiers and generated data come from here.
///
/// \threads safe from any thread
class Rng {
 public:
  virtual ~Rng() = default;

  /// 64 uniform bits.
  virtual std::uint64_t Next() = 0;

  /// Uniform in [0, bound); `bound` ≥ 1.
  std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }

  /// Uniform in [0, 1).
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
};

/// The operating system's randomness.
class SystemRng final : public Rng {
 public:
  static SystemRng& Get();
  std::uint64_t Next() override;
};

/// The same numbers for the same seed.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t Next() override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;  // guarded by mutex_
};

}  // namespace neuralake
