#include "neuralake/delta/state/stats_text.h"

#include <vector>

#include <gtest/gtest.h>

namespace neuralake::delta {
namespace {

constexpr std::string_view kStats =
    R"json({"numRecords":3,"minValues":{"a":1,"s":{"x\"y":"A\u00e9","deep":{"z":-1.5}}},)json"
    R"json( "maxValues" : { "a" : 9 , "s":{"x\"y":"b"}}, "nullCount":{"a":0,"s":{"x\"y":null}},)json"
    R"json("tightBounds":false})json";

TEST(StatsText, FindsNestedColumns) {
  const auto a = FindStats(kStats, std::vector<std::string>{"a"});
  EXPECT_EQ(a.min, "1");
  EXPECT_EQ(a.max, "9");
  EXPECT_EQ(a.null_count, "0");
  EXPECT_FALSE(a.tight_bounds);
  const auto x = FindStats(kStats, std::vector<std::string>{"s", "x\"y"});
  EXPECT_EQ(x.min, R"json("A\u00e9")json");
  EXPECT_EQ(x.null_count, "");
  EXPECT_EQ(FindStats(kStats, std::vector<std::string>{"s", "deep", "z"}).min, "-1.5");
}

TEST(StatsText, WhatIsNotThereIsEmpty) {
  const auto none = FindStats(kStats, std::vector<std::string>{"b"});
  EXPECT_EQ(none.min, "");
  EXPECT_EQ(FindStats(kStats, std::vector<std::string>{"a", "b"}).min, "");
  EXPECT_TRUE(FindStats("{}", std::vector<std::string>{"a"}).tight_bounds);
}

TEST(StatsText, CutTextNeverReadsPastItsEnd) {
  for (std::size_t length = 0; length <= kStats.size(); ++length) {
    const std::string cut(kStats.substr(0, length));
    const auto pieces = FindStats(cut, std::vector<std::string>{"s", "x\"y"});
    for (const auto piece : {pieces.min, pieces.max, pieces.null_count}) {
      if (piece.empty()) continue;
      EXPECT_GE(piece.data(), cut.data());
      EXPECT_LE(piece.data() + piece.size(), cut.data() + cut.size());
    }
  }
}

TEST(StatsText, UnquotesEveryEscape) {
  EXPECT_EQ(UnquoteJson(R"json("a\"\\\/\b\f\n\r\té€😀")json"),
            "a\"\\/\b\f\n\r\t\u00e9\u20ac\U0001f600");
  EXPECT_EQ(UnquoteJson(R"json("\u00e9\ud83d\ude00")json"), "\u00e9\U0001f600");
  for (const auto* bad : {"", "\"", "abc", R"json("\x")json", R"json("\u12")json",
                          R"json("\ud83d")json", R"json("\ud83d\u0041")json"}) {
    EXPECT_EQ(UnquoteJson(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace neuralake::delta
