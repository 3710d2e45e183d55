#include "neuralake/observe/metrics.h"

#include <chrono>

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace neuralake::observe {
namespace {

prometheus::Histogram::BucketBoundaries SecondsBuckets() {
  prometheus::Histogram::BucketBoundaries bounds;
  for (double decade = 1e-4; decade < 1e2; decade *= 10) {
    bounds.insert(bounds.end(), {decade, decade * 2.5, decade * 5});
  }
  bounds.push_back(100);
  return bounds;
}

std::int64_t NowNs() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

Metrics::Metrics()
    : registry_(
          std::make_unique<prometheus::Registry>(prometheus::Registry::InsertBehavior::Merge)) {}

Metrics::~Metrics() = default;

prometheus::Counter& Metrics::Counter(std::string_view name, std::string_view help,
                                      const Labels& labels) {
  return prometheus::BuildCounter()
      .Name(std::string(name))
      .Help(std::string(help))
      .Register(*registry_)
      .Add(labels);
}

prometheus::Gauge& Metrics::Gauge(std::string_view name, std::string_view help,
                                  const Labels& labels) {
  return prometheus::BuildGauge()
      .Name(std::string(name))
      .Help(std::string(help))
      .Register(*registry_)
      .Add(labels);
}

prometheus::Histogram& Metrics::Seconds(std::string_view name, std::string_view help,
                                        const Labels& labels) {
  return prometheus::BuildHistogram()
      .Name(std::string(name))
      .Help(std::string(help))
      .Register(*registry_)
      .Add(labels, SecondsBuckets());
}

std::string Metrics::Expose() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

StopWatch::StopWatch(prometheus::Histogram& histogram)
    : histogram_(histogram), started_ns_(NowNs()) {}

StopWatch::~StopWatch() { histogram_.Observe(static_cast<double>(NowNs() - started_ns_) * 1e-9); }

}  // namespace neuralake::observe
