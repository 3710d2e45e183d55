#include "neuralake/serve/format/postgres_time.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

std::string Date(std::int64_t days) {
  std::string out;
  AppendPostgresDate(days, out);
  return out;
}

std::string Timestamp(std::int64_t micros, bool zoned = false) {
  std::string out;
  AppendPostgresTimestamp(micros, zoned, out);
  return out;
}

std::string Local(std::string_view text) {
  const auto micros = ParsePostgresTimestamp(text, false);
  return micros ? Timestamp(*micros) : "none";
}

std::string Zoned(std::string_view text) {
  const auto micros = ParsePostgresTimestamp(text, true);
  return micros ? Timestamp(*micros, true) : "none";
}

TEST(PostgresTime, IsWrittenAsPostgresWritesIt) {
  EXPECT_EQ(Date(18'263), "2020-01-02");
  EXPECT_EQ(Date(3'663'382), "12000-01-01");
  EXPECT_EQ(Date(-719'469), "0001-02-29 BC");
  EXPECT_EQ(Date(kInfiniteDays), "infinity");
  EXPECT_EQ(Date(-kInfiniteDays), "-infinity");
  EXPECT_EQ(Timestamp(18'263 * kDay + 1, true), "2020-01-02 00:00:00.000001+00");
  EXPECT_EQ(Timestamp(-735'160 * kDay - 1), "0044-03-14 23:59:59.999999 BC");
  EXPECT_EQ(Timestamp(-735'160 * kDay, true), "0044-03-15 00:00:00+00 BC");
  EXPECT_EQ(Timestamp(kInfiniteMicros, true), "infinity");
  EXPECT_EQ(Timestamp(-kInfiniteMicros), "-infinity");
  EXPECT_EQ(Timestamp(std::numeric_limits<std::int64_t>::min()), "-infinity");
}

TEST(PostgresTime, PassesOverTheZoneOfATimestampWithoutOne) {
  EXPECT_EQ(Local("2024-01-01 12:00:00+01"), "2024-01-01 12:00:00");
  EXPECT_EQ(Local("2024-01-01T12:00:00.5-05:30"), "2024-01-01 12:00:00.500000");
  EXPECT_EQ(Local("2024-01-01 12:00:00 UTC"), "2024-01-01 12:00:00");
  EXPECT_EQ(Local("2024-01-01 +01"), "2024-01-01 00:00:00");
  EXPECT_EQ(Local("2024-01-01"), "2024-01-01 00:00:00");
  EXPECT_EQ(Local("2024-01-01 12:00:00 nowhere"), "none");
  EXPECT_EQ(Local("2024-01-01 noon"), "none");
  EXPECT_EQ(Zoned("2024-01-01 12:00:00+01"), "2024-01-01 11:00:00+00");
  EXPECT_EQ(Zoned("2024-01-01 +01"), "2023-12-31 23:00:00+00");
  EXPECT_EQ(Zoned("2024-01-01 12:00"), "2024-01-01 12:00:00+00");
}

TEST(PostgresTime, ReadsBackWhatItWrites) {
  for (const std::string text : {"infinity", "-infinity", "0044-03-15 00:00:00 BC",
                                 "0005-02-29 23:59:59.999999 BC", "12000-01-01 00:00:00"}) {
    EXPECT_EQ(Local(text), text);
  }
  EXPECT_EQ(Zoned("0044-03-15 12:00:00+00 BC"), "0044-03-15 12:00:00+00 BC");
  for (const std::int64_t days : {kInfiniteDays, -kInfiniteDays, std::int64_t{-735'160},
                                  std::int64_t{3'663'382}, std::int64_t{0}}) {
    EXPECT_EQ(ParsePostgresDate(Date(days)), days) << Date(days);
  }
}

TEST(PostgresTime, ReadsTheDayOfADateWithMoreBehindIt) {
  EXPECT_EQ(ParsePostgresDate("1970-01-02 23:00:00-05"), 1);
  EXPECT_EQ(ParsePostgresDate("1970-01-02 +01"), 1);
  EXPECT_EQ(ParsePostgresDate("1970-01-02 nowhere"), std::nullopt);
  EXPECT_EQ(ParsePostgresDate("1970-02-30"), std::nullopt);
  EXPECT_EQ(ParsePostgresDate("0000-01-01 BC"), std::nullopt);
}

TEST(PostgresTime, FindsWhatPostgresCannotHold) {
  const auto check = [](const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
    const auto array = arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
    return CheckPostgresRange(*array).has_value();
  };
  const auto timestamp = arrow::timestamp(arrow::TimeUnit::MICRO);
  EXPECT_TRUE(check(arrow::date32(), "[-2440588, 2145042905, null, 2147483647, -2147483647]"));
  EXPECT_FALSE(check(arrow::date32(), "[0, -2440589]"));
  EXPECT_FALSE(check(arrow::date32(), "[2145042906]"));
  EXPECT_TRUE(check(timestamp, "[-210866803200000000, 9223372036854775807, -9223372036854775807]"));
  EXPECT_FALSE(check(timestamp, "[-210866803200000001]"));
  EXPECT_FALSE(check(arrow::list(arrow::date32()), "[[0], [null, -2440589]]"));
  EXPECT_TRUE(check(arrow::int64(), "[-210866803200000001]"));
}

}  // namespace
}  // namespace neuralake::serve
