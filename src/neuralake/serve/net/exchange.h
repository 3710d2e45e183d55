#pragma once

#include <cstdint>
#include <string>

#include "neuralake/base/clock.h"
#include "neuralake/base/thread_pool.h"
#include "neuralake/observe/log.h"
#include "neuralake/observe/metrics.h"
#include "neuralake/query/service.h"
#include "neuralake/serve/http/route_metrics.h"

namespace neuralake::serve {

/// What every connection of a server stands on; outlives them.
struct Exchange {
  query::Service& queries;
  ThreadPool& side;    ///< For blocking work that is no statement: files, look-ups.
  ThreadPool& pushes;  ///< For pushes, which wait for a disk.
  observe::Metrics& metrics;
  observe::Log& log;
  Clock& clock;
  bool log_requests = false;
  std::uint64_t next_request = 1;  ///< Network thread only.
  std::string boot;                ///< Sets this process's request names apart.
  RouteMetrics routes{metrics};    ///< Network thread only.
};

/// Queues a step of a statement on its lane: the first may be refused, later ones may not.
inline auto StepOn(Exchange& exchange, query::Run& run, bool first) {
  return [&exchange, &run, first](query::Step step) -> Status {
    if (first) return exchange.queries.lanes().Begin(run.lane(), run.deadline(), std::move(step));
    exchange.queries.lanes().Continue(run.lane(), run.deadline(), std::move(step));
    return {};
  };
}

/// Queues other blocking work on `pool`.
inline auto AsideOn(ThreadPool& pool) {
  return [&pool](std::move_only_function<void()> task) -> Status {
    // ThreadPool takes functions that can be copied.
    auto shared = std::make_shared<std::move_only_function<void()>>(std::move(task));
    if (pool.TryRun([shared] { (*shared)(); })) return {};
    return Fail(ErrorKind::kResourceExhausted, "too many requests wait; try again later");
  };
}

}  // namespace neuralake::serve
