#include "neuralake/ingest/wal/folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "neuralake/base/lock_holder.h"
#include "neuralake/storage/posix_file.h"

namespace neuralake::ingest {

namespace {

using storage::FailErrno;
using storage::FileDescriptor;

class PosixFile final : public LogFile {
 public:
  PosixFile(FileDescriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  /// Reserve `size` bytes and make them zero, synced.
  Status Fill(std::uint64_t size) {
    const auto space = static_cast<off_t>(size);
    if (const int code = space == 0 ? 0 : ::posix_fallocate(fd_.get(), 0, space); code != 0) {
      return FailErrno(code, "reserve space for", path_);
    }
    // Reserved space is journalled on its first write; space that was written once is not.
    const std::string zeros(std::min<std::uint64_t>(size, 1 << 20), '\0');
    for (std::uint64_t at = 0; at < size; at += zeros.size()) {
      const auto part = std::string_view(zeros).substr(0, size - at);
      TRY(Write(at, {&part, 1}));
    }
    return Sync();
  }

  Status Write(std::uint64_t offset, std::span<const std::string_view> parts) override {
    while (!parts.empty()) {
      std::array<iovec, 512> vectors;
      const auto count = std::min(parts.size(), vectors.size());
      std::uint64_t total = 0;
      for (std::size_t i = 0; i < count; ++i) {
        vectors[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
        total += parts[i].size();
      }
      TRY(WriteAll({vectors.data(), count}, offset, total));
      offset += total;
      parts = parts.subspan(count);
    }
    return {};
  }

  Status Sync() override {
    if (::fdatasync(fd_.get()) != 0) return FailErrno(errno, "sync", path_);
    // Bytes of a file without a name are gone when the process ends.
    struct stat info;
    if (::fstat(fd_.get(), &info) != 0) return FailErrno(errno, "look at", path_);
    if (info.st_nlink > 0) return {};
    return Fail(ErrorKind::kUnavailable, path_ + " was removed while it was written to");
  }

  Result<std::string> Read(std::uint64_t offset, std::uint64_t length) override {
    std::string bytes(length, '\0');
    std::uint64_t have = 0;
    while (have < length) {
      const auto got =
          ::pread(fd_.get(), bytes.data() + have, length - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return FailErrno(errno, "read", path_);
      if (got == 0) break;
      have += static_cast<std::uint64_t>(got);
    }
    bytes.resize(have);
    return bytes;
  }

 private:
  /// A write may end early: go on behind what it took.
  Status WriteAll(std::span<iovec> vectors, std::uint64_t offset, std::uint64_t total) {
    while (total > 0) {
      const auto put = ::pwritev(fd_.get(), vectors.data(), static_cast<int>(vectors.size()),
                                 static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return FailErrno(errno, "write", path_);
      auto done = static_cast<std::uint64_t>(put);
      offset += done;
      total -= done;
      while (done > 0 && done >= vectors.front().iov_len) {
        done -= vectors.front().iov_len;
        vectors = vectors.subspan(1);
      }
      if (done > 0) {
        vectors.front().iov_base = static_cast<char*>(vectors.front().iov_base) + done;
        vectors.front().iov_len -= done;
      }
    }
    return {};
  }

  FileDescriptor fd_;
  std::string path_;
};

class PosixFolder final : public LogFolder {
 public:
  PosixFolder(FileDescriptor fd, FileDescriptor lock, std::string path)
      : fd_(std::move(fd)), lock_(std::move(lock)), path_(std::move(path)) {}

  Result<std::vector<std::string>> List() override {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator it(path_, error), end; !error && it != end;
         it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    if (error)
      return Fail(ErrorKind::kUnavailable, "cannot list " + path_ + ": " + error.message());
    std::ranges::sort(names);
    return names;
  }

  Result<std::unique_ptr<LogFile>> Create(std::string_view name, std::uint64_t size) override {
    auto file = std::make_unique<PosixFile>(TRY(OpenAt(name, O_CREAT | O_TRUNC)), Path(name));
    auto filled = file->Fill(size);
    if (filled.has_value()) filled = Sync();
    if (!filled.has_value()) {
      ::unlinkat(fd_.get(), std::string(name).c_str(), 0);
      return std::unexpected(std::move(filled).error());
    }
    return file;
  }

  Result<std::unique_ptr<LogFile>> OpenFile(std::string_view name) override {
    return std::make_unique<PosixFile>(TRY(OpenAt(name, 0)), Path(name));
  }

  Result<std::uint64_t> Size(std::string_view name) override {
    struct stat info;
    if (::fstatat(fd_.get(), std::string(name).c_str(), &info, 0) != 0) {
      return FailErrno(errno, "look at", Path(name));
    }
    return static_cast<std::uint64_t>(info.st_size);
  }

  Status Rename(std::string_view from, std::string_view to) override {
    if (::renameat(fd_.get(), std::string(from).c_str(), fd_.get(), std::string(to).c_str()) != 0) {
      return FailErrno(errno, "rename", Path(from));
    }
    return Sync();
  }

  Status Remove(std::string_view name) override {
    if (::unlinkat(fd_.get(), std::string(name).c_str(), 0) != 0 && errno != ENOENT) {
      return FailErrno(errno, "remove", Path(name));
    }
    return Sync();
  }

  Status Sync() override {
    if (::fsync(fd_.get()) != 0) return FailErrno(errno, "sync", path_);
    return {};
  }

 private:
  std::string Path(std::string_view name) const { return path_ + "/" + std::string(name); }

  Result<FileDescriptor> OpenAt(std::string_view name, int flags) {
    FileDescriptor fd(
        ::openat(fd_.get(), std::string(name).c_str(), O_RDWR | O_CLOEXEC | flags, 0600));
    if (!fd.valid()) return FailErrno(errno, "open", Path(name));
    return fd;
  }

  FileDescriptor fd_;
  FileDescriptor lock_;
  std::string path_;
};

}  // namespace

Status LogFolder::Put(std::string_view name, std::string_view bytes) {
  const auto temporary = std::string(name) + ".tmp";
  const auto put = [&] -> Status {
    auto file = TRY(Create(temporary, bytes.size()));
    TRY(file->Write(0, {&bytes, 1}));
    TRY(file->Sync());
    return Rename(temporary, name);
  };
  auto done = put();
  if (!done.has_value()) (void)Remove(temporary);
  return done;
}

Result<std::unique_ptr<LogFolder>> LogFolder::Open(const std::string& path) {
  std::error_code error;
  auto absolute = std::filesystem::absolute(path, error).string();
  if (error) {
    return Fail(ErrorKind::kUnavailable, "cannot make folder " + path + ": " + error.message());
  }
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  TRY(storage::MakeFolders(absolute));
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return FailErrno(errno, "open", path);
  const std::string lock_name(kLockName);
  FileDescriptor lock(::openat(fd.get(), lock_name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.valid()) return FailErrno(errno, "open", path + "/lock");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Fail(ErrorKind::kAlreadyExists, "log folder " + path + " is held by another process, " +
                                               LockHolder(lock.get()) +
                                               "; one ingest process owns it");
  }
  // For the message that another process gives; the lock holds without it.
  (void)NoteLockHolder(lock.get());
  return std::make_unique<PosixFolder>(std::move(fd), std::move(lock), path);
}

}  // namespace neuralake::ingest
