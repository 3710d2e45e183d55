#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "neuralake/base/rng.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::storage {

/// Objects as files below a folder.
///
/// A put costs what a bare program pays for the same promise: open the folder, create, write,
/// sync, link, sync the folder. Whoever can open a name reads all of it. Folders appear with the
/// first key below them and stay when their last key goes, so a listing that does not descend may
/// name an empty one. A delete is not synced: after a power loss a deleted file may be back.
///
/// An object that was created, but whose folder could not be synced, is read here only once that
/// succeeds: who looks whether a put of unknown outcome is there learns that it is durable.
///
/// Conditional creation is `link(2)`, atomic against every process, on network file systems too.
/// File systems without hard links (FAT) answer kPermissionDenied or kUnsupported to it.
/// \threads safe from any thread
class LocalStore final : public ObjectStore {
 public:
  /// \param root  scheme `file`; the folder need not exist
  static Result<std::shared_ptr<LocalStore>> Open(Uri root, Rng& rng = SystemRng::Get());

  Result<std::string> Read(std::string_view key, const Deadline& deadline) override;
  Result<std::string> ReadRange(std::string_view key, std::uint64_t offset, std::uint64_t length,
                                const Deadline& deadline) override;
  Result<ObjectInfo> Head(std::string_view key, const Deadline& deadline) override;
  Status Put(std::string_view key, std::string_view bytes, PutMode mode,
             const Deadline& deadline) override;
  Result<std::unique_ptr<Upload>> StartUpload(std::string_view key,
                                              const Deadline& deadline) override;
  Result<ListPage> List(const ListRequest& request, const Deadline& deadline) override;
  Status Delete(std::string_view key, const Deadline& deadline) override;
  const Uri& root() const override { return root_; }
  std::optional<std::string> LocalPath(std::string_view key) const override;

 private:
  LocalStore(Uri root, bool anonymous_drafts, Rng& rng)
      : root_(std::move(root)), anonymous_drafts_(anonymous_drafts), rng_(rng) {}

  Result<std::string> PathOf(std::string_view key, const Deadline& deadline) const;
  Result<std::string> DurablePathOf(std::string_view key, const Deadline& deadline);

  const Uri root_;
  const bool anonymous_drafts_;
  Rng& rng_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> unsynced_;  // guarded by mutex_; paths whose name may be lost
};

}  // namespace neuralake::storage
