#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "neuralake/base/rng.h"
#include "neuralake/storage/fault.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::storage {

/// How often each operation was called on a `FaultyStore`.
struct CallCounts {
  std::array<std::uint64_t, kOperationCount> calls{};
  std::uint64_t faults = 0;         ///< Calls that a rule harmed.
  std::uint64_t bytes_read = 0;     ///< Handed out by both reads.
  std::uint64_t bytes_written = 0;  ///< Handed in by puts and uploads.

  std::uint64_t of(Operation operation) const { return calls[static_cast<std::size_t>(operation)]; }
};

/// Another store with faults by rule, and a count of what it was asked.
///
/// Without rules it behaves as the store inside. Waiting goes through the deadline's clock, so a
/// fake one waits at once. The same rules, seed and order of calls give the same faults.
/// \threads safe from any thread; an `Upload` must not outlive its store
class FaultyStore final : public ObjectStore {
 public:
  /// Called before each operation, outside the store's lock: to stop a thread at a step, to log, to
  /// count. The key of a listing is its prefix.
  using Observer = std::function<void(Operation operation, std::string_view key)>;

  explicit FaultyStore(std::shared_ptr<ObjectStore> inner, std::uint64_t seed = 0,
                       Observer observer = {});

  /// Add a rule behind the others.
  /// \errors kInvalid  the fault cannot befall the rule's operation
  Status Inject(FaultRule rule);

  /// Forget all rules; the store works again.
  void Heal();

  CallCounts counts() const;
  void ResetCounts();

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
  const Uri& root() const override { return inner_->root(); }
  std::optional<std::string> LocalPath(std::string_view key) const override {
    return inner_->LocalPath(key);
  }

 private:
  class FaultyUpload;
  class Call;

  std::optional<FaultRule> Draw(Operation operation, std::string_view key);
  Result<std::string> Deliver(const Call& call, Result<std::string> bytes);
  void CountWritten(std::size_t bytes);
  void Remember(std::string_view key);
  bool IsNewest(const std::string& key, std::size_t among) const;

  const std::shared_ptr<ObjectStore> inner_;
  const Observer observer_;
  SeededRng rng_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<FaultRule> rules_;
  CallCounts counts_;
  std::deque<std::string> newest_;  // keys in the order of their last put, the latest in front
};

}  // namespace neuralake::storage
