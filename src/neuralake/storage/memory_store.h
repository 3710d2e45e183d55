#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "neuralake/base/clock.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::storage {

/// The objects of one name, shared by all stores that were opened on it.
///
/// \threads safe from any thread
class MemoryBucket {
 public:
  struct Object {
    std::shared_ptr<const std::string> bytes;
    WallTime modified{};
    std::uint64_t generation = 0;  ///< Differs for every put.
  };

  /// \errors kNotFound
  Result<Object> Find(const std::string& key) const;

  /// \errors kAlreadyExists
  Result<Object> Put(std::string key, std::string_view bytes, PutMode mode, WallTime now);

  void Delete(const std::string& key);

  /// The page that `request` asks for among the keys below `base`, which they are shown without.
  ListPage List(const std::string& base, const ListRequest& request) const;

 private:
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, Object> objects_;
  std::uint64_t generation_ = 0;
};

/// Buckets by name: what makes two stores of one name see the same objects. Tests make their own;
/// `OpenStore` keeps one a process for `memory://`.
///
/// \threads safe from any thread
class MemoryRegistry {
 public:
  /// The bucket of `name`, made at the first call.
  std::shared_ptr<MemoryBucket> Bucket(const std::string& name);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<MemoryBucket>> buckets_;  // guarded by mutex_
};

/// Objects in memory, gone with the last who holds the bucket. Behaves like a remote store: flat
/// keys, no folders of their own, whole objects.
///
/// \threads safe from any thread
class MemoryStore final : public ObjectStore {
 public:
  /// \param root  scheme `memory`; its authority names the bucket in `registry`
  static Result<std::shared_ptr<MemoryStore>> Open(Uri root, MemoryRegistry& registry,
                                                   const Clock& clock = SystemClock::Get());

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
  std::optional<std::string> LocalPath(std::string_view) const override { return std::nullopt; }

 private:
  MemoryStore(Uri root, std::shared_ptr<MemoryBucket> bucket, const Clock& clock)
      : root_(std::move(root)),
        base_(root_.path.empty() ? "" : root_.path + "/"),
        bucket_(std::move(bucket)),
        clock_(clock) {}

  /// `key` with the root's path in front, once it is a key.
  Result<std::string> FullKey(std::string_view key, const Deadline& deadline) const;

  const Uri root_;
  const std::string base_;  // empty or ending in `/`
  const std::shared_ptr<MemoryBucket> bucket_;
  const Clock& clock_;
};

}  // namespace neuralake::storage
