#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "neuralake/base/error.h"

namespace neuralake::storage {

/// An open file or folder; closed when it dies.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// The failure `code` of errno as a value: `cannot <action> <path>: <reason>`.
///
/// No space and quota are kResourceExhausted, so are open-file limits; rights and a read-only file
/// system are kPermissionDenied; a missing file is kNotFound; what the kernel may get over is
/// kUnavailable.
[[nodiscard]] std::unexpected<Error> FailErrno(int code, std::string_view action,
                                               std::string_view path);

/// Write all of `bytes` at the file's position. `path` is for the message.
Status WriteFully(int fd, std::string_view bytes, std::string_view path);

/// `length` bytes from `offset`, fewer at the end of the file. Allocates no more than the file has.
Result<std::string> ReadFully(int fd, std::uint64_t offset, std::uint64_t length,
                              std::string_view path);

/// All of the file at `path`.
/// \errors kNotFound, kPermissionDenied
Result<std::string> ReadTextFile(const std::string& path);

/// Make the entries of the folder at `path` durable.
Status SyncFolder(const std::string& path);

/// Make the folder `path` and those above it, each durable before the next.
Status MakeFolders(const std::string& path);

}  // namespace neuralake::storage
