#include "neuralake/base/rng.h"

#include <sys/random.h>

#include "neuralake/base/check.h"

namespace neuralake {

SystemRng& SystemRng::Get() {
  static SystemRng rng;
  return rng;
}

std::uint64_t SystemRng::Next() {
  std::uint64_t bits = 0;
  NL_CHECK(getrandom(&bits, sizeof(bits), 0) == sizeof(bits));
  return bits;
}

std::uint64_t SeededRng::Next() {
  std::lock_guard lock(mutex_);
  return engine_();
}

}  // namespace neuralake
