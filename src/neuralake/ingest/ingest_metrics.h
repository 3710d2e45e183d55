#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/ingest/push.h"
#include "neuralake/ingest/push_log.h"
#include "neuralake/ingest/table/table_directory.h"
#include "neuralake/ingest/table/table_sink.h"
#include "neuralake/observe/metrics.h"

namespace neuralake::ingest {

/// What the ingest process reports about itself. Names and units are in its README.
///
/// \threads safe from any thread
class IngestMetrics {
 public:
  /// \param metrics  outlives this
  explicit IngestMetrics(observe::Metrics& metrics);
  ~IngestMetrics();

  /// One push was answered after `seconds`.
  void Pushed(const PushRequest& request, const Result<PushAnswer>& answer, double seconds);
  /// A sink has committed.
  void Committed(const SinkCommit& commit);
  /// A flush of `table` ended.
  void Flushed(std::string_view table, const Status& status);
  /// Bring the gauges up to date.
  void Look(const TableDirectory& tables, const PushLog& log, const PendingBudget& budget);

  std::string Expose() const { return metrics_.Expose(); }

 private:
  struct Table;
  struct Sink;
  struct Process;

  Table& TableOf(std::string_view name);

  observe::Metrics& metrics_;
  std::unique_ptr<Process> process_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, std::unique_ptr<Table>, std::less<>> tables_;
  std::map<std::string, std::unique_ptr<Sink>, std::less<>> sinks_;
};

}  // namespace neuralake::ingest
