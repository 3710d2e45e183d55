#include "neuralake/storage/local_list.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "neuralake/storage/limits.h"
#include "neuralake/storage/posix_file.h"

namespace neuralake::storage {
namespace {

struct FolderCloser {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using FolderStream = std::unique_ptr<DIR, FolderCloser>;

class Walk {
 public:
  Walk(const std::string& root, const ListRequest& request, const Deadline& deadline)
      : root_(root),
        request_(request),
        deadline_(deadline),
        after_(std::max(request.start_after, request.continuation)) {}

  Result<ListPage> Run() {
    const auto slash = request_.prefix.rfind('/');
    TRY(Visit(slash == std::string::npos ? "" : request_.prefix.substr(0, slash + 1)));
    return std::move(page_);
  }

 private:
  /// Put what the folder with the key `folder_key` (empty or ending in `/`) holds on the page.
  Status Visit(const std::string& folder_key) {
    TRY(deadline_.Check("listing " + root_));
    const std::string path = root_ + "/" + folder_key;
    const FolderStream folder(::opendir(path.c_str()));
    if (!folder) {
      // It was removed meanwhile, or a file bears the name of the prefix's folder.
      if (errno == ENOENT || errno == ENOTDIR) return {};
      return FailErrno(errno, "list", path);
    }
    for (const auto& key : TRY(KeysIn(folder.get(), folder_key))) {
      if (full_) break;
      if (key.ends_with('/')) {
        TRY(AddFolder(key));
      } else {
        TRY(AddFile(::dirfd(folder.get()), folder_key.size(), key));
      }
    }
    return {};
  }

  /// Keys of the folder's entries that the request can mean, sorted; folders end in `/`, which
  /// makes this order that of all keys below them.
  Result<std::vector<std::string>> KeysIn(DIR* folder, const std::string& folder_key) const {
    std::vector<std::string> keys;
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(folder);
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name == "." || name == ".." || name.starts_with(kDraftPrefix)) continue;
      std::string key = folder_key + entry->d_name;
      if (IsFolder(folder, *entry)) key += '/';
      if (IsWanted(key)) keys.push_back(std::move(key));
    }
    if (errno != 0) return FailErrno(errno, "list", root_ + "/" + folder_key);
    std::sort(keys.begin(), keys.end());
    return keys;
  }

  static bool IsFolder(DIR* folder, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN && entry.d_type != DT_LNK) return entry.d_type == DT_DIR;
    struct stat info{};
    return ::fstatat(::dirfd(folder), entry.d_name, &info, 0) == 0 && S_ISDIR(info.st_mode);
  }

  bool IsWanted(const std::string& key) const {
    const bool in_prefix = key.starts_with(request_.prefix);
    if (!key.ends_with('/')) return in_prefix && key > after_;
    if (!request_.recursive) return in_prefix && key > after_;
    const bool leads_to_prefix = in_prefix || request_.prefix.starts_with(key);
    return leads_to_prefix && (key > after_ || after_.starts_with(key));
  }

  Status AddFolder(const std::string& key) {
    if (request_.recursive) return Visit(key);
    ObjectInfo prefix;
    prefix.key = key;
    prefix.is_prefix = true;
    Add(std::move(prefix));
    return {};
  }

  Status AddFile(int folder, std::size_t name_from, const std::string& key) {
    if (IsPageFull()) return {};
    struct stat info{};
    if (::fstatat(folder, key.c_str() + name_from, &info, 0) != 0) {
      if (errno == ENOENT || errno == ELOOP) return {};  // removed meanwhile, or a broken link
      return FailErrno(errno, "list", root_ + "/" + key);
    }
    if (S_ISREG(info.st_mode)) Add(InfoOfStat(key, info));
    return {};
  }

  void Add(ObjectInfo object) {
    if (!IsPageFull()) page_.objects.push_back(std::move(object));
  }

  /// True when there is no room; the listing then goes on behind the last key.
  bool IsPageFull() {
    if (page_.objects.size() < request_.keys_max) return false;
    page_.next = page_.objects.back().key;
    full_ = true;
    return true;
  }

  const std::string& root_;
  const ListRequest& request_;
  const Deadline& deadline_;
  const std::string after_;
  ListPage page_;
  bool full_ = false;
};

}  // namespace

Result<ListPage> ListLocal(const std::string& root, const ListRequest& request,
                           const Deadline& deadline) {
  return Walk(root, request, deadline).Run();
}

ObjectInfo InfoOfStat(std::string key, const struct stat& info) {
  const auto time =
      std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec);
  ObjectInfo object;
  object.key = std::move(key);
  object.size = static_cast<std::uint64_t>(info.st_size);
  object.modified = WallTime(std::chrono::floor<std::chrono::milliseconds>(time));
  object.etag = fmt::format("{:x}-{:x}-{:x}", info.st_ino, time.count(), object.size);
  return object;
}

}  // namespace neuralake::storage
