#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/base/rng.h"
#include "neuralake/catalog/model.h"
#include "neuralake/ingest/ingest_metrics.h"
#include "neuralake/ingest/kafka/topic.h"
#include "neuralake/ingest/push_log.h"
#include "neuralake/ingest/push_server.h"
#include "neuralake/ingest/table/checkpointer.h"
#include "neuralake/ingest/table/flusher.h"
#include "neuralake/ingest/table/table_directory.h"
#include "neuralake/observe/log.h"
#include "neuralake/observe/metrics.h"

namespace neuralake::ingest {

struct IngesterOptions {
  std::string socket;  ///< Where it listens.
  PushLogOptions push{};
  FlushOptions flush{};
  UnknownMembers unknown{.policy = UnknownMembers::Policy::kReject};
  std::uint64_t pending_bytes_max = kPendingBytesMax;
  std::size_t flush_threads = kFlushThreads;
  std::vector<KafkaTopicOptions> topics{};
};

/// The ingest process: takes pushes in over its socket, reads topics, and flushes tables when they
/// are due.
///
/// \threads `Tick`, `Replace` and `Drain` from one thread
class Ingester {
 public:
  /// What it stands on; outlives it.
  struct Parts {
    std::shared_ptr<LogFolder> folder;  ///< Of the write-ahead log.
    catalog::CatalogPtr catalog;
    /// Opens the Delta table at a location.
    std::function<Result<std::shared_ptr<delta::Table>>(const std::string& uri)> open;
    observe::Metrics& metrics;
    observe::Log& log;
    KillSwitch& kills;
    Clock& clock;
    Rng& rng;
  };

  /// Open the log, bring back what it holds, and listen.
  /// \errors kCorruption   the log is damaged; names file and offset
  ///         kUnavailable  the socket cannot be made
  ///         kInvalid      one topic feeds one table twice
  static Result<std::unique_ptr<Ingester>> Start(const IngesterOptions& options,
                                                 const Parts& parts);
  ~Ingester();

  /// What is to be done from time to time: let the log go, look at strays, bring gauges up to date.
  void Tick();

  /// From now on go by `catalog`.
  /// \returns whether all tables in use are where they were. Rows of those that are not go on to
  ///          the old place, until this is drained and started anew.
  [[nodiscard]] bool Replace(catalog::CatalogPtr catalog);

  /// Acknowledge nothing more and commit what waits.
  /// \errors kDeadlineExceeded  rows are left in the log, for the next start
  Status Drain(const Deadline& deadline);

  /// Rows in the log whose table the catalog does not have, and the size of the log.
  PushLog::State state() const { return log_->state(); }

 private:
  Ingester(const IngesterOptions& options, const Parts& parts);

  Result<PushAnswer> Push(const PushRequest& request, const Deadline& deadline);
  void Flushed(const IngestTable& table, const Status& status);
  void Look();

  const Parts parts_;
  IngestMetrics numbers_;
  Checkpointer checkpointer_;
  PendingBudget budget_;
  std::unique_ptr<TableDirectory> tables_;
  std::unique_ptr<PushLog> log_;
  std::unique_ptr<Flusher> flusher_;
  std::vector<std::unique_ptr<KafkaTopic>> topics_;
  std::unique_ptr<PushServer> server_;

  std::mutex mutex_;
  std::set<std::string, std::less<>> failing_;  // tables whose last flush failed
  std::set<std::string, std::less<>> strayed_;  // tables that were told to be missing
};

}  // namespace neuralake::ingest
