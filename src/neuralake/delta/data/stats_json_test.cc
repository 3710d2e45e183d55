#include "neuralake/delta/data/stats_json.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "neuralake/delta/data/bound_text.h"

namespace neuralake::delta {
namespace {

using columnar::DataType;
using columnar::Decimal;
using columnar::TypeId;
using columnar::Value;

Value Text(std::string text) { return {DataType{TypeId::kString}, std::move(text)}; }
Value Instant(std::int64_t micros) { return {DataType{TypeId::kTimestamp}, micros}; }
Value Number(double number) { return {DataType{TypeId::kDouble}, number}; }

TEST(BoundText, ShortStringsAreWhole) {
  EXPECT_EQ(LowerBoundText(Text("a\"b")), R"("a\"b")");
  EXPECT_EQ(UpperBoundText(Text(std::string(32, 'z'))), '"' + std::string(32, 'z') + '"');
}

TEST(BoundText, ACutMaximumIsRaisedInItsLastCharacter) {
  const std::string text = std::string(31, 'a') + "bzzz";
  EXPECT_EQ(LowerBoundText(Text(text)), '"' + std::string(31, 'a') + "b\"");
  EXPECT_EQ(UpperBoundText(Text(text)), '"' + std::string(31, 'a') + "c\"");
}

TEST(BoundText, CharactersAreCountedNotBytes) {
  std::string euros;
  for (int i = 0; i < 33; ++i) euros += "€";
  const std::string cut = euros.substr(0, 96);
  EXPECT_EQ(LowerBoundText(Text(euros)), '"' + cut + '"');
  EXPECT_EQ(UpperBoundText(Text(euros)), '"' + cut.substr(0, 93) + "₭\"");
}

TEST(BoundText, RaisingLeapsOverSurrogatesAndGrowsInBytes) {
  const std::string head(31, 'a');
  EXPECT_EQ(UpperBoundText(Text(head + "\uD7FF" + "x")), '"' + head + "\uE000" + '"');
  EXPECT_EQ(UpperBoundText(Text(head + "\x7f" + "x")), '"' + head + "\u0080" + '"');
  EXPECT_EQ(UpperBoundText(Text(head + "\uFFFF" + "x")), '"' + head + "\U00010000" + '"');
  EXPECT_EQ(UpperBoundText(Text(head + "\U0010FFFF" + "x")), std::nullopt);
}

TEST(BoundText, InstantsGoOutwardToTheMillisecond) {
  EXPECT_EQ(LowerBoundText(Instant(1'577'934'245'123'456)), "\"2020-01-02T03:04:05.123Z\"");
  EXPECT_EQ(UpperBoundText(Instant(1'577'934'245'123'456)), "\"2020-01-02T03:04:05.124Z\"");
  EXPECT_EQ(UpperBoundText(Instant(1'577'934'245'123'000)), "\"2020-01-02T03:04:05.123Z\"");
  EXPECT_EQ(LowerBoundText(Instant(-1)), "\"1969-12-31T23:59:59.999Z\"");
  EXPECT_EQ(UpperBoundText(Instant(-1)), "\"1970-01-01T00:00:00.000Z\"");
  EXPECT_EQ(LowerBoundText({DataType{TypeId::kTimestampNtz}, std::int64_t{0}}),
            "\"1970-01-01T00:00:00.000\"");
}

TEST(BoundText, WhatOtherReadersCannotHoldIsLeftOut) {
  EXPECT_EQ(UpperBoundText(Number(std::numeric_limits<double>::infinity())), std::nullopt);
  EXPECT_EQ(LowerBoundText(Number(std::nan(""))), std::nullopt);
  EXPECT_EQ(LowerBoundText({DataType{TypeId::kDate}, std::int64_t{-1'000'000}}), std::nullopt);
  EXPECT_EQ(UpperBoundText(Instant(std::numeric_limits<std::int64_t>::max())), std::nullopt);
  EXPECT_EQ(LowerBoundText(Instant(std::numeric_limits<std::int64_t>::min())), std::nullopt);
}

TEST(BoundText, NumbersKeepEveryDigit) {
  EXPECT_EQ(LowerBoundText(Number(0.1)), "0.1");
  EXPECT_EQ(LowerBoundText(Number(-0.0)), "-0");
  // A float's own value, not the shorter text that only a float would read back.
  EXPECT_EQ(UpperBoundText({DataType{TypeId::kFloat}, double{0.1F}}), "0.10000000149011612");
  EXPECT_EQ(LowerBoundText({DataType{TypeId::kLong}, std::numeric_limits<std::int64_t>::min()}),
            "-9223372036854775808");
  EXPECT_EQ(UpperBoundText({DataType{TypeId::kDecimal, 10, 2}, Decimal{-150}}), "-1.50");
}

columnar::FileStatistics Statistics() {
  const auto column = [](std::vector<std::string> path, std::int64_t number) {
    const Value value{DataType{TypeId::kLong}, number};
    return columnar::ColumnStatistics{std::move(path), value.type, value, value, 1};
  };
  return {3,
          {column({"a"}, 1), column({"s", "x"}, 2), column({"s", "t", "y"}, 3), column({"b"}, 4)}};
}

TEST(StatsJson, NestsStructs) {
  EXPECT_EQ(StatsJson(Statistics(), {}),
            R"({"numRecords":3,"minValues":{"a":1,"s":{"x":2,"t":{"y":3}},"b":4},)"
            R"("maxValues":{"a":1,"s":{"x":2,"t":{"y":3}},"b":4},)"
            R"("nullCount":{"a":1,"s":{"x":1,"t":{"y":1}},"b":1}})");
}

TEST(StatsJson, OnlyTheChosenColumns) {
  EXPECT_EQ(StatsJson(Statistics(), {.first = 2, .paths = {}}),
            R"({"numRecords":3,"minValues":{"a":1,"s":{"x":2}},)"
            R"("maxValues":{"a":1,"s":{"x":2}},"nullCount":{"a":1,"s":{"x":1}}})");
  EXPECT_EQ(StatsJson(Statistics(), {.first = 0, .paths = {{"s", "t"}}}),
            R"({"numRecords":3,"minValues":{"s":{"t":{"y":3}}},)"
            R"("maxValues":{"s":{"t":{"y":3}}},"nullCount":{"s":{"t":{"y":1}}}})");
  EXPECT_EQ(StatsJson(Statistics(), {.first = 0, .paths = {}}),
            R"({"numRecords":3,"minValues":{},"maxValues":{},"nullCount":{}})");
}

Metadata TableWith(const std::string& ddl, StringMap properties) {
  Metadata metadata;
  metadata.schema = columnar::ParseDdl(ddl).value();
  metadata.configuration = std::move(properties);
  return metadata;
}

TEST(StatsColumns, FollowTheTablesProperties) {
  const auto chosen = [](StringMap properties) {
    return StatsColumnsOf(TableWith("a long, s struct<`x y`: long>", std::move(properties)),
                          MappingMode::kNone);
  };
  EXPECT_EQ(chosen({})->first, 32U);
  EXPECT_EQ(chosen({{"delta.dataSkippingNumIndexedCols", "3"}})->first, 3U);
  EXPECT_TRUE(chosen({{"delta.dataSkippingNumIndexedCols", "-1"}})->Includes(1'000'000, {"q"}));
  EXPECT_FALSE(chosen({{"delta.dataSkippingNumIndexedCols", "many"}}).has_value());
  EXPECT_EQ(chosen({{"delta.dataSkippingStatsColumns", "A, s.`x y`"}})->paths,
            (std::vector<std::vector<std::string>>{{"a"}, {"s", "x y"}}));
  EXPECT_FALSE(chosen({{"delta.dataSkippingStatsColumns", "nope"}}).has_value());
}

}  // namespace
}  // namespace neuralake::delta
