#include "neuralake/site/format.h"

#include <gtest/gtest.h>

namespace neuralake::site {
namespace {

TEST(FormatCount, GroupsByThousands) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(336776), "336,776");
  EXPECT_EQ(FormatCount(-1000), "-1,000");
  EXPECT_EQ(FormatCount(-100), "-100");
}

TEST(FormatBytes, ShowsThreeDigits) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(999), "999 B");
  EXPECT_EQ(FormatBytes(1000), "1.0 kB");
  EXPECT_EQ(FormatBytes(12'340'000), "12.3 MB");
  EXPECT_EQ(FormatBytes(999'949), "1.0 MB");
  EXPECT_EQ(FormatBytes(128'000'000), "128 MB");
}

TEST(FormatTime, IsUtc) {
  const WallTime time{std::chrono::milliseconds{1'357'017'420'999}};
  EXPECT_EQ(FormatInstant(time), "2013-01-01T05:17:00Z");
  EXPECT_EQ(FormatMinute(time), "2013-01-01 05:17 UTC");
  EXPECT_EQ(FormatInstant(WallTime{std::chrono::milliseconds{-1}}), "1969-12-31T23:59:59Z");
}

TEST(Shorten, CutsBetweenCharacters) {
  EXPECT_EQ(Shorten("abc", 3), "abc");
  EXPECT_EQ(Shorten("abcd", 3), "ab…");
  EXPECT_EQ(Shorten("äöüß", 3), "äö…");
}

TEST(Summary, IsTheFirstSentenceInOneLine) {
  EXPECT_EQ(Summary("  Flights that left\n New York. Second sentence."),
            "Flights that left New York.");
  EXPECT_EQ(Summary("one\n\ntwo"), "one");
  EXPECT_EQ(Summary("version 1.5 of it"), "version 1.5 of it");
  EXPECT_EQ(Summary(""), "");
}

}  // namespace
}  // namespace neuralake::site
