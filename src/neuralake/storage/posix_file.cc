#include "neuralake/storage/posix_file.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace neuralake::storage {
namespace {

ErrorKind KindOfErrno(int code) {
  switch (code) {
    case ENOENT:
      return ErrorKind::kNotFound;
    case EEXIST:
      return ErrorKind::kAlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return ErrorKind::kResourceExhausted;
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case EINVAL:
    case ENAMETOOLONG:
    case ENOTEMPTY:
      return ErrorKind::kInvalid;
    case EOPNOTSUPP:
    case EXDEV:
    case ENOSYS:
      return ErrorKind::kUnsupported;
    default:
      return ErrorKind::kUnavailable;
  }
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::unexpected<Error> FailErrno(int code, std::string_view action, std::string_view path) {
  return Fail(KindOfErrno(code), "cannot " + std::string(action) + " " + std::string(path) + ": " +
                                     std::generic_category().message(code));
}

Status WriteFully(int fd, std::string_view bytes, std::string_view path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return FailErrno(errno, "write", path);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::string> ReadFully(int fd, std::uint64_t offset, std::uint64_t length,
                              std::string_view path) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return FailErrno(errno, "read", path);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (S_ISDIR(info.st_mode)) return FailErrno(ENOENT, "read", path);
  std::string bytes;
  if (offset >= size) return bytes;
  int failure = 0;
  const std::size_t wanted = std::min(length, size - offset);
  // What the library hands over in its place may be more: what it has made room for.
  bytes.resize_and_overwrite(wanted, [&](char* to, std::size_t) {
    std::size_t done = 0;
    while (done < wanted) {
      const ssize_t count =
          ::pread(fd, to + done, wanted - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) failure = errno;
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  });
  if (failure != 0) return FailErrno(failure, "read", path);
  return bytes;
}

Result<std::string> ReadTextFile(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return FailErrno(errno, "read", path);
  return ReadFully(file.get(), 0, std::numeric_limits<std::uint64_t>::max(), path);
}

Status SyncFolder(const std::string& path) {
  const FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return FailErrno(errno, "open folder", path);
  if (::fsync(folder.get()) != 0) return FailErrno(errno, "sync folder", path);
  return {};
}

Status MakeFolders(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
    const auto slash = path.rfind('/');
    if (errno != ENOENT || slash == 0 || slash == std::string::npos) {
      return FailErrno(errno, "make folder", path);
    }
    TRY(MakeFolders(path.substr(0, slash)));
    if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
      return FailErrno(errno, "make folder", path);
    }
  }
  // Also when another thread made it: it may not have come to this line yet.
  return SyncFolder(path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)));
}

}  // namespace neuralake::storage
