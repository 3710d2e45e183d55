#include "neuralake/observe/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::observe {
namespace {

using testing::HasSubstr;

TEST(Metrics, ExposesWhatWasCounted) {
  Metrics metrics;
  metrics.Counter("neuralake_rows_total", "Rows.", {{"table", "t"}}).Increment(3);
  metrics.Gauge("neuralake_lag_seconds", "Lag.").Set(1.5);
  EXPECT_THAT(metrics.Expose(), HasSubstr("neuralake_rows_total{table=\"t\"} 3"));
  EXPECT_THAT(metrics.Expose(), HasSubstr("# HELP neuralake_lag_seconds Lag."));
}

TEST(Metrics, TheSameNameIsTheSameMetric) {
  Metrics metrics;
  metrics.Counter("neuralake_a_total", "A.").Increment();
  metrics.Counter("neuralake_a_total", "A.").Increment();
  EXPECT_THAT(metrics.Expose(), HasSubstr("neuralake_a_total 2"));
}

TEST(Metrics, StopWatchObservesOnce) {
  Metrics metrics;
  auto& histogram = metrics.Seconds("neuralake_step_seconds", "Step.");
  {
    StopWatch watch(histogram);
  }
  EXPECT_THAT(metrics.Expose(), HasSubstr("neuralake_step_seconds_count 1"));
}

}  // namespace
}  // namespace neuralake::observe
