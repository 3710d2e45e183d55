#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/base/rng.h"
#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/wal/folder.h"
#include "neuralake/ingest/wal/recovery.h"
#include "neuralake/ingest/wal/segment_supply.h"

namespace neuralake::ingest {

struct WalOptions {
  std::uint64_t segment_bytes = kSegmentBytes;  ///< Size of a segment file.
  std::uint64_t bytes_max = 4ULL << 30;         ///< All segments; at least two of them.
};

/// How full a log is.
struct WalState {
  std::uint64_t bytes = 0;  ///< Size of all segments.
  std::uint64_t bytes_max = 0;
  std::size_t segments = 0;
  std::size_t waiting = 0;  ///< Appends that wait for their sync.
  Lsn durable_lsn = 0;      ///< The last record on disk.
};

/// The numbers of a segment's records, both included.
struct SegmentSpan {
  std::uint64_t number;
  Lsn first_lsn;
  Lsn last_lsn;
};

/// A write-ahead log in a local folder: records are numbered, synced in groups, and kept until
/// their owner lets them go.
///
/// One thread writes: it takes all appends that wait, writes them in one go, syncs once, and only
/// then tells their owners, in the order of their numbers. A record whose owner was told is read
/// back after any crash.
/// \threads safe from any thread
class WriteAheadLog {
 public:
  /// Told on the log's thread, in order of numbers: where the record is, now durable; or why it is
  /// not. Must be quick and must not append.
  using Done = std::function<void(const Result<WalEntry>&)>;

  /// Open the log in `folder`, handing each record that is there to `replay`.
  ///
  /// \errors kCorruption  see `RecoverLog`
  ///         kInvalid     `options` break a limit
  static Result<std::unique_ptr<WriteAheadLog>> Open(std::shared_ptr<LogFolder> folder,
                                                     const WalOptions& options, KillSwitch& kills,
                                                     Rng& rng, const ReplayRecord& replay);

  /// Writes and syncs what waits, then ends.
  ~WriteAheadLog();
  WriteAheadLog(const WriteAheadLog&) = delete;
  WriteAheadLog& operator=(const WriteAheadLog&) = delete;

  /// Append `payload`; `done` is told exactly once, unless this returns an error.
  ///
  /// `done` may be told:
  ///   kResourceExhausted  the log or the disk is full; nothing was written
  ///   kUnavailable        writing failed and was undone
  ///   kUnknownOutcome     writing failed and could not be undone yet
  /// \errors kInvalid            larger than a segment
  ///         kResourceExhausted  too many appends wait
  Status Append(std::string payload, Done done);

  /// The payload of a durable record that was not removed.
  /// \errors kNotFound, kCorruption
  Result<std::string> Read(const WalEntry& entry) const;

  /// Remove closed segments, the oldest first, as long as all their records are below what is
  /// needed.
  ///
  /// \param first_needed   the lowest record that is needed yet; asked anew for each segment, when
  ///                       that is closed and the owners of all its records were told
  /// \param before_remove  called before each one goes; its error keeps the segment
  /// \errors what `before_remove` or the disk says
  Status RemoveClosed(const std::function<Lsn()>& first_needed,
                      const std::function<Status(const SegmentSpan&)>& before_remove);

  /// Number the next records above `lsn`: for a table that has seen more of this log than the disk
  /// kept.
  void SkipTo(Lsn lsn);

  WalState state() const;

  /// What the start put right: see `RecoveredLog`.
  const std::vector<std::string>& mended() const { return mended_; }

  /// The identity of this log, a UUID; a log made anew has another.
  const std::string& id() const { return id_; }

 private:
  struct Waiting {
    std::string payload;
    std::uint64_t hash;
    Done done;
  };
  struct Group;

  WriteAheadLog(std::shared_ptr<LogFolder> folder, const WalOptions& options, KillSwitch& kills,
                Rng& rng, RecoveredLog recovered);

  void Run();
  std::vector<Waiting> TakeWaiting();
  std::size_t WriteGroup(std::span<Waiting> waiting);
  bool NeedsNextSegment() const;
  Group MakeGroup(std::span<Waiting> waiting) const;
  Status PutGroup(const Group& group);
  void FailAll(std::span<Waiting> waiting, const Error& error);
  Status Rotate();
  Status Join(const SegmentSupply::Blank& blank, const SegmentHeader& header);
  Status Undo(Error& error);
  std::optional<SegmentSpan> OldestClosed() const;
  Status RemoveOldest();

  const std::shared_ptr<LogFolder> folder_;
  const WalOptions options_;
  KillSwitch& kills_;
  Rng& rng_;
  std::string id_;
  std::vector<std::string> mended_;
  SegmentSupply supply_;

  std::mutex removing_;  // held by the one removal; taken before mutex_
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  // Guarded by mutex_.
  std::vector<std::unique_ptr<Segment>> segments_;
  std::vector<Waiting> waiting_;
  Lsn durable_lsn_ = 0;
  Lsn skip_to_ = 0;
  bool closing_ = false;

  // Of the log's thread alone.
  Segment* active_ = nullptr;  // the last of segments_; its end and last_lsn change under mutex_
  bool active_ended_ = false;  // nothing more may be put behind its end: bytes that were not
                               // acknowledged may lie there, or the next segment may state it

  std::thread thread_;
};

}  // namespace neuralake::ingest
