#include "neuralake/base/interval.h"

#include <gtest/gtest.h>

namespace neuralake {
namespace {

using namespace std::chrono_literals;

TEST(Interval, AddsUpItsParts) {
  EXPECT_EQ(ParseInterval("interval 7 days"), 168h);
  EXPECT_EQ(ParseInterval("INTERVAL 1 week 2 Hours"), 170h);
  EXPECT_EQ(ParseInterval("168 hours"), 168h);
  EXPECT_EQ(ParseInterval("interval 1500 microseconds"), 1ms);
}

TEST(Interval, RefusesWhatHasNoFixedLengthOrNoSense) {
  for (const auto* text : {"", "interval", "7", "soon", "interval 1 month", "interval -1 days",
                           "interval 1.5 days", "interval 9223372036854775807 weeks"}) {
    EXPECT_EQ(ParseInterval(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace neuralake
