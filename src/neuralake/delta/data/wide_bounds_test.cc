#include "neuralake/delta/data/wide_bounds.h"

#include <gtest/gtest.h>

namespace neuralake::delta {
namespace {

TEST(WideBounds, KeepWhatTheyDoNotChange) {
  const std::string stats =
      R"({"numRecords":3,"minValues":{"a":0.30000000000000004,"b":"x\"y"},"maxValues":{},"x":[1,2]})";
  EXPECT_EQ(WithWideBounds(stats), stats.substr(0, stats.size() - 1) + R"(,"tightBounds":false})");
}

TEST(WideBounds, TakeThePlaceOfTightOnes) {
  EXPECT_EQ(WithWideBounds(R"({"tightBounds":true,"numRecords":3})"),
            R"({"numRecords":3,"tightBounds":false})");
  EXPECT_EQ(WithWideBounds(R"({"numRecords":3,"tightBounds":false})"),
            R"({"numRecords":3,"tightBounds":false})");
  EXPECT_EQ(WithWideBounds("{}"), R"({"tightBounds":false})");
}

TEST(WideBounds, AreNoneOfWhatIsNoObject) {
  for (const auto* text : {"", "[]", "3", "{", R"({"a":)", "null"}) {
    EXPECT_EQ(WithWideBounds(text), "") << text;
  }
}

}  // namespace
}  // namespace neuralake::delta
