#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/uri.h"

namespace neuralake::observe {
class Metrics;
}

namespace neuralake::storage {

/// One object, as a listing or a head request tells it.
struct ObjectInfo {
  std::string key;         ///< Relative to the store's root, `/`-separated, not encoded.
  std::uint64_t size = 0;  ///< Bytes.
  WallTime modified{};     ///< By the store's own clock.
  std::string etag;        ///< Opaque; changes whenever the content does. May be empty.
  bool is_prefix = false;  ///< A folder, in a listing that does not descend; `key` ends in `/`.
};

enum class PutMode : std::uint8_t {
  kOverwrite,  ///< Replace what is there.
  kIfAbsent,   ///< Create, or fail with kAlreadyExists; atomic against every other writer.
  /// The same beside other objects: a store that has folders makes none for it. What was removed
  /// with its folder so does not come back in part.
  kIfAbsentInFolder,
};

inline bool IsConditional(PutMode mode) { return mode != PutMode::kOverwrite; }

struct ListRequest {
  std::string prefix = {};        ///< Keys that begin with it; empty for all.
  std::string start_after = {};   ///< Only keys and prefixes greater than it, in byte order.
  bool recursive = true;          ///< Otherwise folders below `prefix` come as prefixes.
  std::uint32_t keys_max = 1000;  ///< 1..`kListKeysMax` keys a page; a store may give fewer.
  std::string continuation = {};  ///< `ListPage::next` of the page before; empty for the first.
};

struct ListPage {
  std::vector<ObjectInfo> objects;  ///< In byte order of their keys.
  std::string next;                 ///< Empty at the end.
};

/// An object in the making. It becomes visible whole by `Finish`, or never.
///
/// \threads one thread at a time
class Upload {
 public:
  /// Without `Finish`, drops what was written, as far as the store can be reached.
  virtual ~Upload() = default;

  /// Append `bytes`. Buffers up to one part.
  virtual Status Write(std::string_view bytes, const Deadline& deadline) = 0;

  /// Make the object durable and visible, replacing what is there.
  /// \returns  its size and etag
  virtual Result<ObjectInfo> Finish(const Deadline& deadline) = 0;
};

/// The outside world of tables: a flat map from keys to bytes below one root.
///
/// Every implementation passes `ConformanceSuite`. What returned is durable: a local store has
/// synced data and folder, a remote one has the server's word. Keys are relative to the root,
/// must not be empty, absolute, or hold a `..` part (see `CheckKey`).
///
/// \errors  kUnavailable       after the retries that the deadline allowed
///          kPermissionDenied  the credentials do not reach
///          kResourceExhausted the disk or quota is full
///          kInvalid           a key that is no key
/// \threads safe from any thread
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// All bytes of `key`.
  /// \errors kNotFound
  virtual Result<std::string> Read(std::string_view key, const Deadline& deadline) = 0;

  /// `length` bytes from `offset`; fewer at the end of the object, none past it.
  /// \errors kNotFound
  virtual Result<std::string> ReadRange(std::string_view key, std::uint64_t offset,
                                        std::uint64_t length, const Deadline& deadline) = 0;

  /// Size, time and etag of `key`.
  /// \errors kNotFound
  virtual Result<ObjectInfo> Head(std::string_view key, const Deadline& deadline) = 0;

  /// Store `bytes` as `key` in one atomic step.
  ///
  /// A conditional put whose answer is lost is settled by the caller, who reads back and looks for
  /// its own token (see `delta::Committer`); here it is never repeated.
  /// \errors kAlreadyExists   conditional, and the key is taken
  ///         kUnknownOutcome  conditional, sent, and no answer came
  ///         kNotFound        kIfAbsentInFolder, and the folder of the key is not there
  virtual Status Put(std::string_view key, std::string_view bytes, PutMode mode,
                     const Deadline& deadline) = 0;

  /// Begin a large object, written part by part.
  virtual Result<std::unique_ptr<Upload>> StartUpload(std::string_view key,
                                                      const Deadline& deadline) = 0;

  /// One page of keys. A listing may miss what is written while it runs, never what was before.
  virtual Result<ListPage> List(const ListRequest& request, const Deadline& deadline) = 0;

  /// Remove `key`; no error when it is not there.
  virtual Status Delete(std::string_view key, const Deadline& deadline) = 0;

  /// Where keys lie; `root().Join(key)` is the object's location.
  virtual const Uri& root() const = 0;

  /// The file of `key` when it can be opened as one, for readers that want a path; nothing for what
  /// `CheckKey` refuses.
  virtual std::optional<std::string> LocalPath(std::string_view key) const = 0;
};

/// Every object of `request`, page by page.
Result<std::vector<ObjectInfo>> ListAll(ObjectStore& store, ListRequest request,
                                        const Deadline& deadline);

/// Refuse keys that could leave the root: empty, absolute, with an empty, `.` or `..` part.
/// \errors kInvalid
Status CheckKey(std::string_view key);

/// Refuse page sizes outside 1..`kListKeysMax` and prefixes that could leave the root.
/// \errors kInvalid
Status CheckListRequest(const ListRequest& request);

/// What opening a store may need besides its URI.
struct StoreSettings {
  std::map<std::string, std::string> environment = {};  ///< `AWS_…` and `HOME`, for S3.
  observe::Metrics* metrics = nullptr;                  ///< Outlives the store; may be null.
};

/// Open the store that `uri` names. Stores of one `memory://` name in one process hold the same
/// objects; S3 is set up by the usual variables (see `S3Options::FromEnvironment`).
///
/// Nothing is asked of the store yet. A remote one is probed before the first conditional create
/// goes to it, which then fails with kUnsupported and the reason when the store does not keep its
/// word; readers need no right to write. Keep a store for long: it holds connections, credentials
/// and the result of the probe.
/// \errors kInvalid  a scheme without a store; settings of S3 that contradict each other
Result<std::shared_ptr<ObjectStore>> OpenStore(const Uri& uri, const StoreSettings& settings);

/// The same with the variables of this process and no metrics.
Result<std::shared_ptr<ObjectStore>> OpenStore(const Uri& uri);

}  // namespace neuralake::storage
