#include "neuralake/supervise/run_lock.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>

#include "neuralake/base/lock_holder.h"

namespace neuralake::supervise {
namespace {

std::unexpected<Error> Unavailable(const std::string& path, const std::string& reason) {
  return Fail(ErrorKind::kUnavailable, "cannot make " + path + ": " + reason);
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
                                               LockHolder(file.number()) + "; end that first");
  }
  if (!NoteLockHolder(file.number())) return Unavailable(path, std::strerror(errno));
  return RunLock(std::move(file));
}

bool RunLock::IsHeld(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.number() >= 0 && flock(file.number(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace neuralake::supervise
