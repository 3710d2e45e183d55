#include "neuralake/query/durations.h"

#include <memory>

#include <gtest/gtest.h>

namespace neuralake::query {
namespace {

using namespace std::chrono_literals;

TEST(Durations, RecallsWhatItWasTold) {
  const auto durations = std::make_unique<Durations>();
  EXPECT_FALSE(durations->Recall("SELECT 1"));
  durations->Remember("SELECT 1", 400ms);
  EXPECT_EQ(durations->Recall("SELECT 1"), 400ms);
  EXPECT_FALSE(durations->Recall("SELECT 2"));
}

TEST(Durations, SmoothsOverRepeats) {
  const auto durations = std::make_unique<Durations>();
  durations->Remember("q", 400ms);
  durations->Remember("q", 0ms);
  EXPECT_EQ(durations->Recall("q"), 200ms);
}

}  // namespace
}  // namespace neuralake::query
