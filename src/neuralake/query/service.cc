#include "neuralake/query/service.h"

#include <map>
#include <utility>

#include <fmt/format.h>

namespace neuralake::query {

/// The metrics of statements; look-ups are kept because they take a lock.
struct Service::Counters {
  explicit Counters(observe::Metrics& all)
      : metrics(all),
        rows(metrics.Counter("neuralake_statement_rows_total", "rows given to clients")),
        bytes(metrics.Counter("neuralake_statement_bytes_total", "bytes encoded for clients")),
        truncated(metrics.Counter("neuralake_statements_truncated_total",
                                  "answers cut at their row limit")),
        running{{&Gauge("neuralake_statements_running", "steps that run", "short"),
                 &Gauge("neuralake_statements_running", "steps that run", "long")}},
        waiting{{&Gauge("neuralake_statements_waiting", "steps that wait for a slot", "short"),
                 &Gauge("neuralake_statements_waiting", "steps that wait for a slot", "long")}} {}

  prometheus::Gauge& Gauge(std::string_view name, std::string_view help, std::string lane) {
    return metrics.Gauge(name, help, {{"lane", std::move(lane)}});
  }

  struct PerOutcome {
    prometheus::Counter* total;
    prometheus::Histogram* seconds;
  };

  /// The row of one protocol and outcome, made when first needed.
  PerOutcome& At(std::string_view protocol, std::string_view outcome) {
    std::lock_guard lock(mutex);
    const auto key = std::pair(protocol, outcome);
    const auto found = by_outcome.find(key);
    if (found != by_outcome.end()) return found->second;
    const observe::Labels labels{{"protocol", std::string(protocol)},
                                 {"outcome", std::string(outcome)}};
    PerOutcome row{
        &metrics.Counter("neuralake_statements_total", "statements that ended", labels),
        &metrics.Seconds("neuralake_statement_seconds", "from arrival to the last row", labels)};
    return by_outcome.emplace(key, row).first->second;
  }

  observe::Metrics& metrics;
  prometheus::Counter& rows;
  prometheus::Counter& bytes;
  prometheus::Counter& truncated;
  std::array<prometheus::Gauge*, 2> running;
  std::array<prometheus::Gauge*, 2> waiting;
  std::mutex mutex;
  // Guarded by mutex. Both keys have static storage.
  std::map<std::pair<std::string_view, std::string_view>, PerOutcome> by_outcome;
};

Service::Service(engine::Executor& executor, observe::Metrics& metrics, Options options,
                 Clock& clock, Rng& rng)
    : executor_(executor),
      clock_(clock),
      boot_(static_cast<std::uint32_t>(rng.Next())),
      timeout_max_(options.timeout_max),
      counters_(std::make_unique<Counters>(metrics)),
      journal_(options.history_max),
      lanes_(options.lanes, clock) {}

Service::~Service() = default;

std::shared_ptr<Run> Service::Open(Request request) {
  std::string id = fmt::format("{:08x}-{:08x}", boot_, next_id_.fetch_add(1));
  auto run = std::make_shared<Run>(*this, std::move(id), std::move(request), clock_);
  std::lock_guard lock(mutex_);
  runs_.emplace(run->id(), run);
  return run;
}

Result<engine::Description> Service::Describe(const engine::Statement& statement,
                                              const engine::Grants& grants,
                                              const Deadline& deadline,
                                              engine::Executor* executor) {
  return (executor != nullptr ? *executor : executor_).Describe(statement, grants, deadline);
}

Status Service::Cancel(std::string_view id) {
  std::shared_ptr<Run> run;
  {
    std::lock_guard lock(mutex_);
    const auto found = runs_.find(id);
    if (found != runs_.end()) run = found->second.lock();
  }
  if (run == nullptr) {
    return Fail(ErrorKind::kNotFound, fmt::format("no statement {} is running", id));
  }
  run->Cancel();
  lanes_.RunExpired();
  return {};
}

void Service::CancelAll() {
  for (const auto& run : Open()) run->Cancel();
  lanes_.RunExpired();
}

void Service::Sweep() {
  for (const auto& run : Open()) run->CancelIfExpired();
  lanes_.RunExpired();
}

std::vector<Summary> Service::Running() const {
  std::vector<Summary> summaries;
  for (const auto& run : Open()) summaries.push_back(run->Describe());
  return summaries;
}

void Service::UpdateGauges() {
  const Lanes::Load load = lanes_.load();
  for (std::size_t i = 0; i < 2; ++i) {
    counters_->running[i]->Set(static_cast<double>(load.running[i]));
    counters_->waiting[i]->Set(static_cast<double>(load.waiting[i]));
  }
}

Lane Service::LaneFor(std::string_view sql) const {
  const auto before = durations_.Recall(sql);
  return before && *before > kShortTimeMax ? Lane::kLong : Lane::kShort;
}

void Service::Finish(const Run& run, Summary summary, Duration used) {
  {
    std::lock_guard lock(mutex_);
    runs_.erase(run.id());
  }
  // A refused or cancelled one says nothing about how long its text takes.
  if (summary.outcome) {
    durations_.Remember(run.sql(), std::chrono::duration_cast<std::chrono::milliseconds>(used));
  }
  const std::string_view outcome = summary.outcome ? "ok" : Row(summary.outcome.error().kind).name;
  auto& row = counters_->At(summary.protocol, outcome);
  row.total->Increment();
  row.seconds->Observe(std::chrono::duration<double>(summary.elapsed).count());
  counters_->rows.Increment(static_cast<double>(summary.rows));
  counters_->bytes.Increment(static_cast<double>(summary.bytes));
  if (summary.truncated) counters_->truncated.Increment();
  journal_.Add(std::move(summary));
}

std::vector<std::shared_ptr<Run>> Service::Open() const {
  std::vector<std::shared_ptr<Run>> open;
  std::lock_guard lock(mutex_);
  open.reserve(runs_.size());
  for (const auto& [id, run] : runs_) {
    if (auto alive = run.lock()) open.push_back(std::move(alive));
  }
  return open;
}

}  // namespace neuralake::query
