#include "neuralake/storage/local_draft.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "neuralake/storage/limits.h"

namespace neuralake::storage {

Result<LocalDraft> LocalDraft::Start(std::string path, const Options& options, Rng& rng) {
  LocalDraft draft(std::move(path), rng);
  for (int attempt = 1;; ++attempt) {
    TRY(draft.OpenFolder(options.make_folders));
    Status opened = draft.OpenFile(options.anonymous);
    if (opened) return draft;
    const bool folder_is_gone = opened.error().kind == ErrorKind::kNotFound;
    if (!folder_is_gone || attempt == kMakeFolderAttemptsMax) {
      return std::unexpected(std::move(opened).error());
    }
  }
}

LocalDraft::~LocalDraft() {
  if (folder_.valid() && !hidden_name_.empty()) {
    ::unlinkat(folder_.get(), hidden_name_.c_str(), 0);
  }
}

Status LocalDraft::OpenFolder(bool make) {
  const std::string path = path_.substr(0, std::max<std::size_t>(path_.rfind('/'), 1));
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  folder_ = FileDescriptor(::open(path.c_str(), kFlags));
  if (!folder_.valid() && errno == ENOENT && make) {
    TRY(MakeFolders(path));
    folder_ = FileDescriptor(::open(path.c_str(), kFlags));
  }
  if (!folder_.valid()) return FailErrno(errno, "open folder", path);
  return {};
}

Status LocalDraft::OpenFile(bool anonymous) {
  if (!anonymous) return OpenHiddenFile();
  file_ = FileDescriptor(::openat(folder_.get(), ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666));
  if (file_.valid()) return {};
  // EISDIR is how a file system without O_TMPFILE reads the flags.
  if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) return OpenHiddenFile();
  return FailErrno(errno, "create", path_);
}

Status LocalDraft::OpenHiddenFile() {
  const std::string hidden = NewHiddenName();
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  file_ = FileDescriptor(::openat(folder_.get(), hidden.c_str(), kFlags, 0666));
  if (!file_.valid()) return FailErrno(errno, "create", path_);
  hidden_name_ = hidden;
  return {};
}

Status LocalDraft::Write(std::string_view bytes) { return WriteFully(fd(), bytes, path_); }

Status LocalDraft::Publish(PutMode mode) {
  if (::fdatasync(fd()) != 0) return FailErrno(errno, "sync", path_);
  const int failure = IsConditional(mode) ? CreateName() : ReplaceName();
  if (failure == EEXIST) return Fail(ErrorKind::kAlreadyExists, path_ + " exists already");
  if (failure != 0) return FailErrno(failure, "create", path_);
  if (::fsync(folder_.get()) != 0) {
    const int code = errno;
    if (!IsConditional(mode)) return FailErrno(code, "sync the folder of", path_);
    auto error = FailErrno(code, "sync the folder of", path_).error();
    return Fail(ErrorKind::kUnknownOutcome, error.message);
  }
  return {};
}

int LocalDraft::LinkAs(const char* name) const {
  int failed = 0;
  if (hidden_name_.empty()) {
    const auto source = fmt::format("/proc/self/fd/{}", fd());
    failed = ::linkat(AT_FDCWD, source.c_str(), folder_.get(), name, AT_SYMLINK_FOLLOW);
  } else {
    failed = ::linkat(folder_.get(), hidden_name_.c_str(), folder_.get(), name, 0);
  }
  return failed == 0 ? 0 : errno;
}

int LocalDraft::CreateName() {
  const int failure = LinkAs(name());
  if (failure != EEXIST || hidden_name_.empty()) return failure;
  // A network file system may repeat the call after a lost answer and then find its own link.
  struct stat info{};
  return ::fstat(fd(), &info) == 0 && info.st_nlink == 2 ? 0 : EEXIST;
}

int LocalDraft::ReplaceName() {
  if (hidden_name_.empty()) {
    if (const int failure = LinkAs(name()); failure != EEXIST) return failure;
    const std::string hidden = NewHiddenName();
    if (const int failure = LinkAs(hidden.c_str()); failure != 0) return failure;
    hidden_name_ = hidden;
  }
  if (::renameat(folder_.get(), hidden_name_.c_str(), folder_.get(), name()) != 0) return errno;
  hidden_name_.clear();
  return 0;
}

std::string LocalDraft::NewHiddenName() const {
  return fmt::format("{}{:016x}", kDraftPrefix, rng_->Next());
}

}  // namespace neuralake::storage
