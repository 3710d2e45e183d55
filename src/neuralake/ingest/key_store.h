#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/error.h"
#include "neuralake/ingest/push.h"
#include "neuralake/ingest/push_record.h"
#include "neuralake/ingest/wal/folder.h"
#include "neuralake/ingest/wal/write_ahead_log.h"

namespace neuralake::ingest {

struct KeyStoreOptions {
  std::chrono::milliseconds window = std::chrono::hours(24);  ///< How long a key is remembered.
  std::size_t keys_max = kIdempotencyKeysMax;
};

/// Remembers which requests were acknowledged, so that one that comes again changes nothing.
///
/// A key lives in the log's record of its request. Before the log lets a segment go, the keys of
/// its records are put into a file beside it. So every acknowledged key within the window is in the
/// log, in a file, or in both, at each instant; reading both at start gives all of them.
///
/// Keys are kept as 128-bit hashes; the body's hash is kept too, so that a clash cannot drop rows
/// unseen.
/// \threads safe from any thread
class KeyStore {
 public:
  /// Read the key files of `folder`.
  /// \errors kCorruption  naming the file
  static Result<std::unique_ptr<KeyStore>> Open(std::shared_ptr<LogFolder> folder,
                                                const KeyStoreOptions& options, Clock& clock);

  /// Take in a record of the log, at start.
  void Restore(const PushRecord& record, Lsn lsn);

  using Outcome = Result<PushAnswer>;
  /// A request that came before: its answer, or one that is on its way.
  using Before = std::variant<PushAnswer, std::shared_future<Outcome>>;

  struct Claim {
    using Token = std::shared_ptr<std::promise<Outcome>>;
    std::optional<Before> before;  ///< Nothing when it is new: then `Settle` must follow.
    Token token;                   ///< For `Settle`.
    std::int64_t received_ms = 0;  ///< Of a new one: what its record in the log must say.
  };

  /// Claim `key` for a request on `table` with `body`.
  /// \errors kAlreadyExists      the key came before with another body
  ///         kResourceExhausted  too many keys within the window
  Result<Claim> Take(std::string_view table, std::string_view key, std::string_view body);

  /// Tell what became of a claimed request, once. A failed one gives its key free.
  void Settle(std::string_view table, std::string_view key, const Claim::Token& token,
              const Outcome& outcome);

  /// Put the keys of the records in `segment` into a file, before the segment goes.
  Status Persist(const SegmentSpan& segment);

  /// Forget what is older than the window, in memory and in files.
  Status Expire();

  std::size_t size() const;

  /// How many places the order of age has: as many as there are keys, and expired ones in between.
  std::size_t places() const;

 private:
  struct Hash {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    bool operator==(const Hash&) const = default;
  };
  struct HashOfHash {
    std::size_t operator()(const Hash& hash) const { return hash.low; }
  };
  struct Entry {
    std::uint64_t body = 0;  ///< Hash of the body.
    std::int64_t received_ms = 0;
    Lsn lsn = 0;  ///< 0 while on its way.
    RowCounts counts{};
    Claim::Token token{};  ///< While on its way.
    std::shared_future<Outcome> coming{};
  };
  struct File {
    std::string name;
    std::int64_t newest_ms = 0;
  };

  KeyStore(std::shared_ptr<LogFolder> folder, const KeyStoreOptions& options, Clock& clock)
      : folder_(std::move(folder)), options_(options), clock_(clock) {}

  static Hash HashKey(std::string_view table, std::string_view key);
  std::int64_t Horizon() const;
  void Forget();
  Status Load(const std::string& name);
  Status Write(const std::string& name, const std::vector<std::pair<Hash, Entry>>& entries);
  Status Merge();

  const std::shared_ptr<LogFolder> folder_;
  const KeyStoreOptions options_;
  Clock& clock_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<Hash, Entry, HashOfHash> entries_;
  // Of acknowledged keys; oldest first, as far as clocks go.
  std::deque<std::pair<std::int64_t, Hash>> by_age_;
  // Of the one thread that persists and expires.
  std::vector<File> files_;
};

}  // namespace neuralake::ingest
