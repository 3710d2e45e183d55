#include "neuralake/storage/local_store.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "neuralake/storage/local_draft.h"
#include "neuralake/storage/local_list.h"
#include "neuralake/storage/posix_file.h"

namespace neuralake::storage {
namespace {

class LocalUpload final : public Upload {
 public:
  LocalUpload(std::string key, LocalDraft draft) : key_(std::move(key)), draft_(std::move(draft)) {}

  Status Write(std::string_view bytes, const Deadline& deadline) override {
    TRY(deadline.Check(draft_.path()));
    return draft_.Write(bytes);
  }

  Result<ObjectInfo> Finish(const Deadline& deadline) override {
    TRY(deadline.Check(draft_.path()));
    TRY(draft_.Publish(PutMode::kOverwrite));
    struct stat info{};
    if (::fstat(draft_.fd(), &info) != 0) return FailErrno(errno, "look at", draft_.path());
    return InfoOfStat(key_, info);
  }

 private:
  const std::string key_;
  LocalDraft draft_;
};

/// A key whose folder is a file, or that is a folder itself, names no object.
int AsMissing(int code) { return code == ENOTDIR || code == EISDIR ? ENOENT : code; }

}  // namespace

Result<std::shared_ptr<LocalStore>> LocalStore::Open(Uri root, Rng& rng) {
  if (root.scheme != "file" || !root.path.starts_with('/')) {
    return Fail(ErrorKind::kInvalid, root.ToString() + " is not a local path");
  }
  // A nameless file gets its name through /proc.
  const bool anonymous_drafts = ::access("/proc/self/fd", X_OK) == 0;
  return std::shared_ptr<LocalStore>(new LocalStore(std::move(root), anonymous_drafts, rng));
}

Result<std::string> LocalStore::PathOf(std::string_view key, const Deadline& deadline) const {
  TRY(CheckKey(key));
  TRY(deadline.Check(key));
  return root_.Join(key).path;
}

/// The path of an object for whoever reads it. Its name is made durable first if it was not.
Result<std::string> LocalStore::DurablePathOf(std::string_view key, const Deadline& deadline) {
  std::string path = TRY(PathOf(key, deadline));
  {
    std::lock_guard lock(mutex_);
    if (!unsynced_.contains(path)) return path;
  }
  TRY(SyncFolder(path.substr(0, std::max<std::size_t>(path.rfind('/'), 1))));
  std::lock_guard lock(mutex_);
  unsynced_.erase(path);
  return path;
}

Result<std::string> LocalStore::Read(std::string_view key, const Deadline& deadline) {
  return ReadRange(key, 0, std::numeric_limits<std::uint64_t>::max(), deadline);
}

Result<std::string> LocalStore::ReadRange(std::string_view key, std::uint64_t offset,
                                          std::uint64_t length, const Deadline& deadline) {
  const std::string path = TRY(DurablePathOf(key, deadline));
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return FailErrno(AsMissing(errno), "read", path);
  return ReadFully(file.get(), offset, length, path);
}

Result<ObjectInfo> LocalStore::Head(std::string_view key, const Deadline& deadline) {
  const std::string path = TRY(DurablePathOf(key, deadline));
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return FailErrno(AsMissing(errno), "look at", path);
  if (!S_ISREG(info.st_mode)) return FailErrno(ENOENT, "look at", path);
  return InfoOfStat(std::string(key), info);
}

Status LocalStore::Put(std::string_view key, std::string_view bytes, PutMode mode,
                       const Deadline& deadline) {
  const LocalDraft::Options options{.anonymous = anonymous_drafts_,
                                    .make_folders = mode != PutMode::kIfAbsentInFolder};
  LocalDraft draft = TRY(LocalDraft::Start(TRY(PathOf(key, deadline)), options, rng_));
  TRY(draft.Write(bytes));
  Status published = draft.Publish(mode);
  if (!published && published.error().kind == ErrorKind::kUnknownOutcome) {
    std::lock_guard lock(mutex_);
    unsynced_.insert(draft.path());
  }
  return published;
}

Result<std::unique_ptr<Upload>> LocalStore::StartUpload(std::string_view key,
                                                        const Deadline& deadline) {
  LocalDraft draft =
      TRY(LocalDraft::Start(TRY(PathOf(key, deadline)), {.anonymous = anonymous_drafts_}, rng_));
  return std::make_unique<LocalUpload>(std::string(key), std::move(draft));
}

Result<ListPage> LocalStore::List(const ListRequest& request, const Deadline& deadline) {
  TRY(CheckListRequest(request));
  return ListLocal(root_.path == "/" ? "" : root_.path, request, deadline);
}

Status LocalStore::Delete(std::string_view key, const Deadline& deadline) {
  const std::string path = TRY(PathOf(key, deadline));
  if (::unlink(path.c_str()) == 0) return {};
  if (AsMissing(errno) == ENOENT) return {};
  return FailErrno(errno, "delete", path);
}

std::optional<std::string> LocalStore::LocalPath(std::string_view key) const {
  if (!CheckKey(key)) return std::nullopt;
  return root_.Join(key).path;
}

}  // namespace neuralake::storage
