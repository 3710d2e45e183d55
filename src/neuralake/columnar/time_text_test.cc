#include "neuralake/columnar/time_text.h"

#include <gtest/gtest.h>

namespace neuralake::columnar {
namespace {

TEST(TimeText, CalendarIsTheInverseOfItself) {
  EXPECT_EQ(DaysFromCivil({1970, 1, 1}), 0);
  EXPECT_EQ(DaysFromCivil({2000, 2, 29}), 11'016);
  for (std::int64_t days = -800'000; days < 3'000'000; days += 173) {
    EXPECT_EQ(DaysFromCivil(CivilFromDays(days)), days);
  }
}

TEST(TimeText, DatesBeyondFourDigitsAndBeforeZero) {
  for (const auto* text : {"0001-01-01", "9999-12-31", "+10000-01-01", "-0044-03-15"}) {
    const auto days = ParseDate(text);
    ASSERT_TRUE(days.has_value()) << text;
    EXPECT_EQ(FormatDate(*days), text);
  }
  EXPECT_EQ(ParseDate("1969-12-31"), -1);
  for (const auto* text : {"", "2020", "2020-13-01", "2021-02-29", "2020-01-32", "2020-01-01x",
                           "20-01-01", "2020/01/01", "9999999-01-01"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(TimeText, EveryFormOfAnInstant) {
  constexpr std::int64_t kMicros = 1'577'934'245'123'456;  // 2020-01-02T03:04:05.123456Z
  for (const auto* text : {"2020-01-02 03:04:05.123456", "2020-01-02T03:04:05.123456Z",
                           "2020-01-02T04:04:05.123456+01:00", "2020-01-01T21:34:05.123456-0530",
                           "2020-01-02 03:04:05.123456 UTC", "2020-01-02T03:04:05.123456789Z",
                           "2020-01-02T04:04:05.123456+01"}) {
    EXPECT_EQ(ParseTimestamp(text), kMicros) << text;
  }
  EXPECT_EQ(ParseTimestamp("2020-01-02 03:04:05"), kMicros - 123'456);
  EXPECT_EQ(ParseTimestamp("2020-01-02 03:04:05.12"), kMicros - 3'456);
  EXPECT_EQ(ParseTimestamp("1970-01-02"), 86'400'000'000);
  EXPECT_EQ(ParseTimestamp("1969-12-31 23:59"), -60'000'000);
}

TEST(TimeText, WhatIsNoInstantIsNothing) {
  for (const auto* text :
       {"", "2020-01-02 ", "2020-01-02T", "2020-01-02 25:00:00", "2020-01-02 03:60:00",
        "2020-01-02 03:04:05.", "2020-01-02 03:04:05 CET", "2020-01-02 03:04:05+1:0",
        "300000-01-01 00:00:00", "2020-01-02 03:04:05Z "}) {
    EXPECT_EQ(ParseTimestamp(text), std::nullopt) << text;
  }
}

TEST(TimeText, FormatsAreReadBack) {
  EXPECT_EQ(FormatTimestampIso(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatTimestampPlain(0), "1970-01-01 00:00:00");
  for (const std::int64_t micros : {std::int64_t{-1}, std::int64_t{1'577'934'245'123'456},
                                    std::int64_t{253'402'300'800'000'000}}) {
    EXPECT_EQ(ParseTimestamp(FormatTimestampIso(micros)), micros);
    EXPECT_EQ(ParseTimestamp(FormatTimestampPlain(micros)), micros);
  }
}

}  // namespace
}  // namespace neuralake::columnar
