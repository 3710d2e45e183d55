#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "neuralake/storage/object_store.h"

namespace neuralake::engine {

/// For tests: what is done to reads of data files, and known of them.
///
/// \threads safe from any thread
class WatchedReads {
 public:
  using Hook = std::function<Status(const Deadline&)>;

  void Set(Hook hook) {
    std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
  }

  Status Pass(std::string_view key, const Deadline& deadline) {
    Hook hook;
    {
      std::lock_guard lock(mutex_);
      keys_.emplace(key);
      hook = hook_;
    }
    changed_.notify_all();
    return hook ? hook(deadline) : Status{};
  }

  void Forget() {
    std::lock_guard lock(mutex_);
    keys_.clear();
  }

  /// Wait until data files of `count` names were read.
  bool WaitFor(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return keys_.size() >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::set<std::string> keys_;
  Hook hook_;
};

/// For tests: a store whose ranged reads of data files pass `WatchedReads` first.
class WatchedStore final : public storage::ObjectStore {
 public:
  WatchedStore(std::shared_ptr<storage::ObjectStore> inner, WatchedReads& reads)
      : inner_(std::move(inner)), reads_(reads) {}

  Result<std::string> Read(std::string_view key, const Deadline& deadline) override {
    return inner_->Read(key, deadline);
  }
  Result<std::string> ReadRange(std::string_view key, std::uint64_t offset, std::uint64_t length,
                                const Deadline& deadline) override {
    if (!key.starts_with("_delta_log/")) TRY(reads_.Pass(key, deadline));
    return inner_->ReadRange(key, offset, length, deadline);
  }
  Result<storage::ObjectInfo> Head(std::string_view key, const Deadline& deadline) override {
    return inner_->Head(key, deadline);
  }
  Status Put(std::string_view key, std::string_view bytes, storage::PutMode mode,
             const Deadline& deadline) override {
    return inner_->Put(key, bytes, mode, deadline);
  }
  Result<std::unique_ptr<storage::Upload>> StartUpload(std::string_view key,
                                                       const Deadline& deadline) override {
    return inner_->StartUpload(key, deadline);
  }
  Result<storage::ListPage> List(const storage::ListRequest& request,
                                 const Deadline& deadline) override {
    return inner_->List(request, deadline);
  }
  Status Delete(std::string_view key, const Deadline& deadline) override {
    return inner_->Delete(key, deadline);
  }
  const Uri& root() const override { return inner_->root(); }
  std::optional<std::string> LocalPath(std::string_view) const override { return std::nullopt; }

 private:
  const std::shared_ptr<storage::ObjectStore> inner_;
  WatchedReads& reads_;
};

}  // namespace neuralake::engine
