#pragma once

#include <map>
#include <string_view>
#include <utility>

#include "neuralake/base/clock.h"
#include "neuralake/observe/metrics.h"

namespace neuralake::serve {

/// The route that `target` asks for, without the names in it: `/api/v1/tables/{db}/{table}/rows`.
/// Targets that no route has are all `other`, so that clients cannot invent metrics.
std::string_view RouteName(std::string_view target);

/// Counts requests by route and status and measures how long they took.
///
/// \threads the network thread only
class RouteMetrics {
 public:
  explicit RouteMetrics(observe::Metrics& metrics) : metrics_(metrics) {}

  /// \param route  of `RouteName`
  void Count(std::string_view route, int status, Duration took);

 private:
  observe::Metrics& metrics_;
  // Look-ups take a lock; keys have static storage.
  std::map<std::pair<std::string_view, int>, prometheus::Counter*> requests_;
  std::map<std::string_view, prometheus::Histogram*> seconds_;
};

}  // namespace neuralake::serve
