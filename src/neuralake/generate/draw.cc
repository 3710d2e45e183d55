#include "neuralake/generate/draw.h"

#include <algorithm>
#include <cmath>

namespace neuralake::generate {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;

/// The finaliser of SplitMix64: every bit of the input moves every bit of the output.
constexpr std::uint64_t Mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

constexpr double ToUnit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

}  // namespace

Draw::Draw(std::uint64_t seed, std::string_view name) : key_(Mix(seed + kGolden)) {
  for (const char letter : name) {
    key_ = Mix(key_ + kGolden + static_cast<unsigned char>(letter));
  }
}

std::uint64_t Draw::Bits(std::int64_t position) const {
  return Mix(key_ + (static_cast<std::uint64_t>(position) + 1) * kGolden);
}

double Draw::Unit(std::int64_t position) const { return ToUnit(Bits(position)); }

std::int64_t Draw::Between(std::int64_t position, std::int64_t low, std::int64_t high) const {
  const auto count = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  const auto bits = Bits(position);
  const auto above = count == 0 ? bits : bits % count;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + above);
}

bool Draw::Chance(std::int64_t position, double probability) const {
  return Unit(position) < probability;
}

double Draw::Normal(std::int64_t position) const {
  const auto bits = Bits(position);
  double sum = 0;
  for (std::uint64_t part = 0; part < 4; ++part) sum += ToUnit(Mix(bits + part * kGolden));
  return (sum - 2) * std::sqrt(3.0);
}

std::int64_t Draw::Rank(std::int64_t position, std::int64_t count, double skew) const {
  if (skew <= 0) return Between(position, 0, count - 1);
  // The inverse of the continuous law's distribution on [1, count + 1).
  const double unit = Unit(position);
  const double end = static_cast<double>(count) + 1;
  const double power = 1 - skew;
  const double x = std::abs(power) < 1e-9
                       ? std::pow(end, unit)
                       : std::pow((std::pow(end, power) - 1) * unit + 1, 1 / power);
  return std::clamp(static_cast<std::int64_t>(x) - 1, std::int64_t{0}, count - 1);
}

}  // namespace neuralake::generate
