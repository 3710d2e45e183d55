#include "neuralake/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace neuralake {

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "neuralake: broken invariant: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace neuralake
