#include "neuralake/ingest/ingest_metrics.h"

#include <fmt/format.h>

namespace neuralake::ingest {

struct IngestMetrics::Process {
  explicit Process(observe::Metrics& metrics)
      : acknowledge(metrics.Seconds("neuralake_ingest_acknowledge_seconds",
                                    "From a push that is read to one that is durable.")),
        log_bytes(metrics.Gauge("neuralake_ingest_log_bytes", "Size of the write-ahead log.")),
        log_bytes_max(metrics.Gauge("neuralake_ingest_log_bytes_max",
                                    "Size at which nothing more is acknowledged.")),
        log_waiting(metrics.Gauge("neuralake_ingest_log_waiting", "Pushes that wait for a sync.")),
        keys(metrics.Gauge("neuralake_ingest_keys", "Idempotency-Keys that are remembered.")),
        decoded_bytes(metrics.Gauge("neuralake_ingest_decoded_bytes",
                                    "Memory of decoded rows that wait for their commit.")) {}

  prometheus::Histogram& acknowledge;
  prometheus::Gauge& log_bytes;
  prometheus::Gauge& log_bytes_max;
  prometheus::Gauge& log_waiting;
  prometheus::Gauge& keys;
  prometheus::Gauge& decoded_bytes;
};

struct IngestMetrics::Table {
  Table(observe::Metrics& metrics, const std::string& name)
      : accepted(metrics.Counter("neuralake_ingest_rows_total", "Rows that were acknowledged.",
                                 {{"table", name}, {"fit", "yes"}})),
        rejected(metrics.Counter("neuralake_ingest_rows_total", "Rows that were acknowledged.",
                                 {{"table", name}, {"fit", "no"}})),
        bytes(metrics.Counter("neuralake_ingest_bytes_total", "Bodies that were acknowledged.",
                              {{"table", name}})),
        failures(metrics.Counter("neuralake_ingest_flush_failures_total",
                                 "Flushes that failed and are tried again.", {{"table", name}})),
        pending_rows(metrics.Gauge("neuralake_ingest_pending_rows",
                                   "Rows that wait for their commit.", {{"table", name}})),
        pending_bytes(metrics.Gauge("neuralake_ingest_pending_bytes",
                                    "Rows that wait for their commit, as they came.",
                                    {{"table", name}})),
        lag(metrics.Gauge("neuralake_ingest_lag_seconds", "Age of the oldest row that waits.",
                          {{"table", name}})) {}

  prometheus::Counter& accepted;
  prometheus::Counter& rejected;
  prometheus::Counter& bytes;
  prometheus::Counter& failures;
  prometheus::Gauge& pending_rows;
  prometheus::Gauge& pending_bytes;
  prometheus::Gauge& lag;
};

struct IngestMetrics::Sink {
  Sink(observe::Metrics& metrics, const std::string& name)
      : seconds(metrics.Seconds("neuralake_ingest_commit_seconds",
                                "Writing a batch's files and committing them.", {{"table", name}})),
        rows(metrics.Counter("neuralake_ingest_committed_rows_total",
                             "Rows in commits; those that did not fit are in `…__dead_letters`.",
                             {{"table", name}})),
        files(metrics.Counter("neuralake_ingest_files_total", "Data files in commits.",
                              {{"table", name}})),
        bytes(metrics.Counter("neuralake_ingest_file_bytes_total", "Data files in commits.",
                              {{"table", name}})) {}

  prometheus::Histogram& seconds;
  prometheus::Counter& rows;
  prometheus::Counter& files;
  prometheus::Counter& bytes;
};

IngestMetrics::IngestMetrics(observe::Metrics& metrics)
    : metrics_(metrics), process_(std::make_unique<Process>(metrics)) {}

IngestMetrics::~IngestMetrics() = default;

IngestMetrics::Table& IngestMetrics::TableOf(std::string_view name) {
  std::lock_guard lock(mutex_);
  const auto found = tables_.find(name);
  if (found != tables_.end()) return *found->second;
  const std::string text(name);
  return *tables_.emplace(text, std::make_unique<Table>(metrics_, text)).first->second;
}

void IngestMetrics::Pushed(const PushRequest& request, const Result<PushAnswer>& answer,
                           double seconds) {
  if (!answer.has_value()) {
    metrics_
        .Counter("neuralake_ingest_refused_total", "Pushes that were not acknowledged.",
                 {{"kind", std::string(Row(answer.error().kind).name)}})
        .Increment();
    return;
  }
  if (answer->replayed) {
    metrics_.Counter("neuralake_ingest_repeats_total", "Pushes that had come before.").Increment();
    return;
  }
  process_->acknowledge.Observe(seconds);
  auto& table = TableOf(request.database + "." + request.table);
  table.accepted.Increment(static_cast<double>(answer->counts.accepted));
  table.rejected.Increment(static_cast<double>(answer->counts.rejected));
  table.bytes.Increment(static_cast<double>(request.body.size()));
}

void IngestMetrics::Committed(const SinkCommit& commit) {
  Sink* sink = nullptr;
  {
    std::lock_guard lock(mutex_);
    const std::string name(commit.name);
    auto& entry = sinks_[name];
    if (entry == nullptr) entry = std::make_unique<Sink>(metrics_, name);
    sink = entry.get();
  }
  sink->seconds.Observe(std::chrono::duration<double>(commit.took).count());
  sink->rows.Increment(static_cast<double>(commit.rows));
  sink->files.Increment(static_cast<double>(commit.files));
  sink->bytes.Increment(static_cast<double>(commit.file_bytes));
}

void IngestMetrics::Flushed(std::string_view table, const Status& status) {
  if (!status.has_value()) TableOf(table).failures.Increment();
}

void IngestMetrics::Look(const TableDirectory& tables, const PushLog& log,
                         const PendingBudget& budget) {
  for (const auto* each : tables.tables()) {
    const auto state = each->pipeline->state();
    auto& table = TableOf(each->name);
    table.pending_rows.Set(static_cast<double>(state.rows));
    table.pending_bytes.Set(static_cast<double>(state.bytes));
    table.lag.Set(std::chrono::duration<double>(state.lag).count());
  }
  const auto state = log.state();
  process_->log_bytes.Set(static_cast<double>(state.wal.bytes));
  process_->log_bytes_max.Set(static_cast<double>(state.wal.bytes_max));
  process_->log_waiting.Set(static_cast<double>(state.wal.waiting));
  process_->keys.Set(static_cast<double>(state.keys));
  process_->decoded_bytes.Set(static_cast<double>(budget.bytes()));
}

}  // namespace neuralake::ingest
