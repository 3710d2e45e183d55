#include "neuralake/supervise/run_lock.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace neuralake::supervise {
namespace {

std::unexpected<Error> Unavailable(const std::string& path, const std::string& reason) {
  return Fail(ErrorKind::kUnavailable, "cannot make " + path + ": " + reason);
}

/// The first line of the file, which its holder wrote.
std::string HolderOf(int file) {
  char text[32];
  const auto size = pread(file, text, sizeof(text), 0);
  std::string holder(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  holder.resize(std::min(holder.find('\n'), holder.size()));
  return holder.empty() ? "unknown" : holder;
}

}  // namespace

Result<RunLock> RunLock::Take(const std::string& path, const std::string& what) {
  std::error_code failure;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failure);
  if (failure) return Unavailable(path, failure.message());
  Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.number() < 0) return Unavailable(path, std::strerror(errno));
  if (flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    return Fail(ErrorKind::kAlreadyExists, what + " is up already, by process " +
                                               HolderOf(file.number()) + "; end that first");
  }
  const std::string line = std::to_string(getpid()) + "\n";
  if (ftruncate(file.number(), 0) != 0 ||
      pwrite(file.number(), line.data(), line.size(), 0) != static_cast<ssize_t>(line.size())) {
    return Unavailable(path, std::strerror(errno));
  }
  return RunLock(std::move(file));
}

bool RunLock::IsHeld(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.number() >= 0 && flock(file.number(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace neuralake::supervise
