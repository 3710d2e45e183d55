#include "neuralake/base/lock_holder.h"

#include <algorithm>

#include <unistd.h>

namespace neuralake {

std::string LockHolder(int file) {
  char text[32];
  const auto size = ::pread(file, text, sizeof(text), 0);
  std::string holder(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  holder.resize(std::min(holder.find('\n'), holder.size()));
  return holder.empty() ? "unknown" : holder;
}

bool NoteLockHolder(int file) {
  const std::string line = std::to_string(::getpid()) + "\n";
  return ::ftruncate(file, 0) == 0 &&
         ::pwrite(file, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
}

}  // namespace neuralake
