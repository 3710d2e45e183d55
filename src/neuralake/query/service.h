#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "neuralake/base/rng.h"
#include "neuralake/engine/executor.h"
#include "neuralake/observe/metrics.h"
#include "neuralake/query/durations.h"
#include "neuralake/query/journal.h"
#include "neuralake/query/lanes.h"
#include "neuralake/query/run.h"

namespace neuralake::query {

/// Where every protocol brings its statements: names them, runs them in lanes, lists, cancels and
/// counts them.
///
/// \threads safe from any thread; outlives its runs
class Service {
 public:
  struct Options {
    Lanes::Options lanes;
    std::size_t history_max = kHistoryMax;
    /// No statement may run longer, whatever it asks for.
    std::chrono::milliseconds timeout_max = kTimeoutDefault;
  };

  Service(engine::Executor& executor, observe::Metrics& metrics, Options options,
          Clock& clock = SystemClock::Get(), Rng& rng = SystemRng::Get());
  ~Service();

  /// Enter a statement into the list of the running ones. Runs nothing yet.
  std::shared_ptr<Run> Open(Request request);

  /// What a statement would return. Blocks shortly: run it on a lane.
  /// \param executor  null: the service's own
  Result<engine::Description> Describe(const engine::Statement& statement,
                                       const engine::Grants& grants, const Deadline& deadline,
                                       engine::Executor* executor = nullptr);

  /// Stop the statement called `id`.
  /// \errors kNotFound  no statement of that name runs
  Status Cancel(std::string_view id);

  /// Stop all statements: the server is ending.
  void CancelAll();

  /// Stop what ran out of time, also in the queue. To be called every 50 ms or so.
  void Sweep();

  std::vector<Summary> Running() const;
  std::vector<Summary> Recent(std::size_t count) const { return journal_.Recent(count); }

  Lanes& lanes() { return lanes_; }

  std::chrono::milliseconds timeout_max() const { return timeout_max_; }

  /// Bring the gauges up to date, before metrics are read.
  void UpdateGauges();

 private:
  friend class Run;

  struct Counters;

  engine::Executor& executor() { return executor_; }
  Lane LaneFor(std::string_view sql) const;
  void Finish(const Run& run, Summary summary, Duration used);
  std::vector<std::shared_ptr<Run>> Open() const;

  engine::Executor& executor_;
  Clock& clock_;
  const std::uint32_t boot_;
  const std::chrono::milliseconds timeout_max_;
  std::atomic<std::uint64_t> next_id_ = 1;
  std::unique_ptr<Counters> counters_;
  Durations durations_;
  Journal journal_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<std::string_view, std::weak_ptr<Run>> runs_;  // keyed by the run's own id
  Lanes lanes_;  // last: its threads use all of the above
};

}  // namespace neuralake::query
