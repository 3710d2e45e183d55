#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/base/rng.h"
#include "neuralake/ingest/key_store.h"
#include "neuralake/ingest/push.h"
#include "neuralake/ingest/table/pending.h"
#include "neuralake/ingest/table/pending_budget.h"
#include "neuralake/ingest/table/table_directory.h"
#include "neuralake/ingest/wal/write_ahead_log.h"

namespace neuralake::ingest {

struct PushLogOptions {
  WalOptions wal{};
  KeyStoreOptions keys{};
  std::chrono::milliseconds lag_max = kFlushLagMax;
};

/// The push source: bodies are checked, logged, synced and then acknowledged; their rows wait in
/// their table's pipeline, and stay in the log until the table has them.
///
/// Exactly once, whatever dies when:
/// - acknowledged means synced, so replay of the log brings the rows back;
/// - the table's commit carries the number of the last record in it, so replay leaves those out;
/// - a repeat by its key is answered from the log or the key files, and changes nothing.
///
/// \threads safe from any thread
class PushLog {
 public:
  struct Parts {
    TableDirectory& tables;
    PendingBudget& budget;
    KillSwitch& kills;
    Clock& clock;
    Rng& rng;
  };

  /// Open the log in `folder` and hand the rows that are not in their tables yet to them.
  /// \errors kCorruption  the log or a key file is damaged; names file and offset
  static Result<std::unique_ptr<PushLog>> Open(const std::shared_ptr<LogFolder>& folder,
                                               const PushLogOptions& options, const Parts& parts);
  ~PushLog();

  /// Take in one body; returns when it is durable.
  ///
  /// \errors kInvalid            the body as a whole is not of its type, or a limit is broken;
  ///                             nothing was taken in
  ///         kAlreadyExists      its key came before with another body; nothing was taken in
  ///         kNotFound           no such table
  ///         kUnsupported        a content type or a table that rows cannot go to
  ///         kResourceExhausted  the log, the disk or a table is too full: the same request later
  ///         kUnavailable        the table cannot be looked at for the first time; or stopping
  ///         kUnknownOutcome     durable or not: the same request again, with its key
  Result<PushAnswer> Push(const PushRequest& request, const Deadline& deadline);

  /// Turn new requests away.
  void Close() { closed_ = true; }

  /// Hand rows whose table was not in the catalog before to it, if it is now.
  void AdoptStrays();

  /// Let go of what nobody needs: called from time to time.
  /// \errors what kept a segment or a key file from going; the next call tries again
  Status Tidy();

  /// What the start put right in the log: a sentence each.
  const std::vector<std::string>& mended() const { return wal_->mended(); }

  struct State {
    WalState wal;
    std::size_t keys = 0;
    std::map<std::string, std::size_t> strays{};  ///< Bodies by table that the catalog lacks.
  };
  State state() const;

 private:
  class Lane;
  using Strays = std::map<std::string, std::deque<PendingRows>, std::less<>>;

  PushLog(const PushLogOptions& options, const Parts& parts);

  Lane* LaneOf(IngestTable& table);
  Result<Lane*> ReadyLane(IngestTable& table, const Deadline& deadline);
  Result<PushAnswer> PushNew(IngestTable& table, const PushRequest& request, ContentType type,
                             const KeyStore::Claim& claim, const Deadline& deadline);
  /// A decoded body.
  struct Body {
    PushAnswer answer{};
    std::shared_ptr<const Decoded> decoded{};  ///< Null when there is no room for it.
    std::shared_ptr<const columnar::Schema> schema{};
  };
  Result<Body> Decode(IngestTable& table, const PushRequest& request, ContentType type,
                      const Deadline& deadline);
  Result<PushAnswer> Log(Lane& lane, const PushRecord& record, PendingRows rows, PushAnswer answer,
                         const KeyStore::Claim::Token& token, const Deadline& deadline);
  void Committed(Lane& lane, Lsn lsn);
  Status ReleaseSegments();
  Lsn FirstNeeded() const;

  const PushLogOptions options_;
  const Parts parts_;
  std::string app_id_;  ///< Before the name of a table.
  std::unique_ptr<KeyStore> keys_;
  std::unique_ptr<WriteAheadLog> wal_;
  std::atomic<bool> closed_ = false;
  std::mutex releasing_;  // one release at a time; taken before mutex_

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, std::unique_ptr<Lane>, std::less<>> lanes_;
  Strays strays_;
};

}  // namespace neuralake::ingest
