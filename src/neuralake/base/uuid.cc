#include "neuralake/base/uuid.h"

#include <fmt/format.h>

namespace neuralake {

std::string RandomUuid(Rng& rng) {
  const std::uint64_t high = (rng.Next() & ~0xF000ULL) | 0x4000ULL;
  const std::uint64_t low = (rng.Next() & ~(0xC0ULL << 56)) | (0x80ULL << 56);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF,
                     high & 0xFFFF, low >> 48, low & 0xFFFF'FFFF'FFFFULL);
}

}  // namespace neuralake
