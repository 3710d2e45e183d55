#include "neuralake/engine/store/object_file_system.h"

#include <cerrno>
#include <cstring>

#include <duckdb/common/file_opener.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "neuralake/engine/limits.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

/// An open object: a file descriptor when it is a local file.
class ObjectHandle final : public duckdb::FileHandle {
 public:
  ObjectHandle(duckdb::FileSystem& system, duckdb::string name, duckdb::FileOpenFlags how,
               StoredObject object, Deadline deadline)
      : duckdb::FileHandle(system, std::move(name), how),
        object_(std::move(object)),
        deadline_(std::move(deadline)) {}
  ~ObjectHandle() override { ObjectHandle::Close(); }

  void Close() override {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

  Status Open(std::optional<std::uint64_t> known_size) {
    if (const auto local = object_.store->LocalPath(object_.key)) {
      TRY(OpenLocal(*local));
      if (known_size && *known_size != size_) return WrongSize(*known_size);
      return {};
    }
    // Not asked: a read at the end of another size finds nothing, or bytes that end no file.
    if (known_size) {
      size_ = *known_size;
      return {};
    }
    const auto info = TRY(object_.store->Head(object_.key, ReadDeadline()));
    size_ = info.size;
    modified_ = info.modified;
    return {};
  }

  Status ReadAt(void* buffer, std::uint64_t bytes, std::uint64_t offset) {
    if (descriptor_ >= 0) return ReadLocal(buffer, bytes, offset);
    const std::string got =
        TRY(object_.store->ReadRange(object_.key, offset, bytes, ReadDeadline()));
    if (got.size() != bytes) return Short(offset + got.size());
    std::memcpy(buffer, got.data(), got.size());
    return {};
  }

  std::uint64_t size() const { return size_; }
  WallTime modified() const { return modified_; }
  bool local() const { return descriptor_ >= 0; }

  std::uint64_t position = 0;

 private:
  Deadline ReadDeadline() const { return deadline_.Within(kReadTimeout); }

  std::string Name() const { return object_.store->root().Join(object_.key).ToString(); }

  std::unexpected<Error> Short(std::uint64_t at) const {
    return Fail(ErrorKind::kCorruption,
                Name() + " ends at byte " + std::to_string(at) + ", more was expected");
  }

  /// Of a file that was listed it tells that somebody changes it.
  std::unexpected<Error> WrongSize(std::uint64_t known) const {
    return Fail(ErrorKind::kConflict, Name() + " has " + std::to_string(size_) + " bytes, where " +
                                          std::to_string(known) + " are on record: it was changed");
  }

  Status OpenLocal(const std::string& file) {
    descriptor_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) {
      const auto kind = errno == ENOENT   ? ErrorKind::kNotFound
                        : errno == EACCES ? ErrorKind::kPermissionDenied
                                          : ErrorKind::kUnavailable;
      return Fail(kind, "cannot open " + file + ": " + std::strerror(errno));
    }
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
      return Fail(ErrorKind::kInvalid, file + " is not a file");
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    modified_ = WallTime{std::chrono::milliseconds{status.st_mtim.tv_sec * 1000 +
                                                   status.st_mtim.tv_nsec / 1'000'000}};
    return {};
  }

  Status ReadLocal(void* buffer, std::uint64_t bytes, std::uint64_t offset) {
    auto* target = static_cast<char*>(buffer);
    std::uint64_t done = 0;
    while (done < bytes) {
      const auto got =
          ::pread(descriptor_, target + done, bytes - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return Fail(ErrorKind::kUnavailable, "cannot read " + Name() + ": " + std::strerror(errno));
      }
      if (got == 0) return Short(offset + done);
      done += static_cast<std::uint64_t>(got);
    }
    return {};
  }

  StoredObject object_;
  Deadline deadline_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  WallTime modified_{};
};

ObjectHandle& Opened(duckdb::FileHandle& handle) { return handle.Cast<ObjectHandle>(); }

std::optional<std::uint64_t> KnownSize(const duckdb::OpenFileInfo& info) {
  if (!info.extended_info) return std::nullopt;
  const auto found = info.extended_info->options.find("file_size");
  if (found == info.extended_info->options.end()) return std::nullopt;
  return found->second.GetValue<std::uint64_t>();
}

}  // namespace

ObjectFileSystem::ObjectFileSystem(std::shared_ptr<const StoreRegistry> stores)
    : stores_(std::move(stores)) {}

bool ObjectFileSystem::CanHandleFile(const duckdb::string& path) {
  return path.starts_with(StoreRegistry::kScheme);
}

duckdb::unique_ptr<duckdb::FileHandle> ObjectFileSystem::OpenFile(
    const duckdb::string& path, duckdb::FileOpenFlags flags,
    duckdb::optional_ptr<duckdb::FileOpener> opener) {
  return OpenFileExtended(duckdb::OpenFileInfo(path), flags, opener);
}

duckdb::unique_ptr<duckdb::FileHandle> ObjectFileSystem::OpenFileExtended(
    const duckdb::OpenFileInfo& info, duckdb::FileOpenFlags flags,
    duckdb::optional_ptr<duckdb::FileOpener> opener) {
  if (flags.OpenForWriting()) {
    ThrowError({ErrorKind::kPermissionDenied, "stores are read-only here", {}, -1});
  }
  auto object = OrThrow(stores_->Resolve(info.path));
  auto context = duckdb::FileOpener::TryGetClientContext(opener);
  auto handle =
      duckdb::make_uniq<ObjectHandle>(*this, info.path, flags, std::move(object),
                                      context ? StatementState::DeadlineOf(*context) : Deadline());
  auto opened = handle->Open(KnownSize(info));
  if (!opened.has_value()) {
    if (flags.ReturnNullIfNotExists() && opened.error().kind == ErrorKind::kNotFound) {
      return nullptr;
    }
    ThrowError(opened.error());
  }
  return handle;
}

bool ObjectFileSystem::FileExists(const duckdb::string& path,
                                  duckdb::optional_ptr<duckdb::FileOpener>) {
  const auto object = stores_->Resolve(path);
  return object.has_value() &&
         object->store->Head(object->key, Deadline().Within(kReadTimeout)).has_value();
}

duckdb::vector<duckdb::OpenFileInfo> ObjectFileSystem::Glob(const duckdb::string& path,
                                                            duckdb::FileOpener*) {
  // Keys may hold `*` or `[`: the engine lists stores itself and never asks for patterns.
  return {duckdb::OpenFileInfo(path)};
}

void ObjectFileSystem::Read(duckdb::FileHandle& handle, void* buffer, std::int64_t bytes,
                            duckdb::idx_t location) {
  OrThrow(Opened(handle).ReadAt(buffer, static_cast<std::uint64_t>(bytes), location));
}

std::int64_t ObjectFileSystem::Read(duckdb::FileHandle& handle, void* buffer, std::int64_t bytes) {
  ObjectHandle& object = Opened(handle);
  const std::uint64_t left = object.size() - std::min(object.size(), object.position);
  const std::uint64_t take = std::min(left, static_cast<std::uint64_t>(bytes));
  if (take > 0) OrThrow(object.ReadAt(buffer, take, object.position));
  object.position += take;
  return static_cast<std::int64_t>(take);
}

std::int64_t ObjectFileSystem::GetFileSize(duckdb::FileHandle& handle) {
  return static_cast<std::int64_t>(Opened(handle).size());
}

duckdb::timestamp_t ObjectFileSystem::GetLastModifiedTime(duckdb::FileHandle& handle) {
  return duckdb::timestamp_t(Opened(handle).modified().time_since_epoch().count() * 1000);
}

duckdb::string ObjectFileSystem::GetVersionTag(duckdb::FileHandle& handle) {
  // The path names the version of the content, so the tag never changes for a path.
  return handle.path;
}

duckdb::FileType ObjectFileSystem::GetFileType(duckdb::FileHandle&) {
  return duckdb::FileType::FILE_TYPE_REGULAR;
}

void ObjectFileSystem::Seek(duckdb::FileHandle& handle, duckdb::idx_t location) {
  Opened(handle).position = location;
}

void ObjectFileSystem::Reset(duckdb::FileHandle& handle) { Opened(handle).position = 0; }

duckdb::idx_t ObjectFileSystem::SeekPosition(duckdb::FileHandle& handle) {
  return Opened(handle).position;
}

bool ObjectFileSystem::OnDiskFile(duckdb::FileHandle& handle) { return Opened(handle).local(); }

bool ObjectFileSystem::IsPipe(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) {
  return false;
}

}  // namespace neuralake::engine
