#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

namespace prometheus {
class Registry;
}

namespace neuralake::observe {

using Labels = std::map<std::string, std::string>;

/// The numbers a process reports about itself, in Prometheus' text form.
///
/// Names begin with `neuralake_`, end in their unit (`_seconds`, `_bytes`, `_total`), and are
/// declared where they are counted. Asking twice for one name and label set gives the same metric;
/// keep the reference, since the look-up takes a lock and counting does not.
/// \threads safe from any thread; references live as long as this object
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  prometheus::Counter& Counter(std::string_view name, std::string_view help,
                               const Labels& labels = {});
  prometheus::Gauge& Gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  /// Buckets from 100 µs to 100 s, three a decade: right for every duration here.
  prometheus::Histogram& Seconds(std::string_view name, std::string_view help,
                                 const Labels& labels = {});

  /// All metrics as `text/plain; version=0.0.4`.
  std::string Expose() const;

 private:
  std::unique_ptr<prometheus::Registry> registry_;
};

/// Adds the time between its construction and its destruction to a histogram.
class StopWatch {
 public:
  explicit StopWatch(prometheus::Histogram& histogram);
  ~StopWatch();
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;

 private:
  prometheus::Histogram& histogram_;
  std::int64_t started_ns_;
};

}  // namespace neuralake::observe
