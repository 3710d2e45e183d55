#include "neuralake/columnar/value.h"

#include <cmath>

#include <gtest/gtest.h>

#include "neuralake/columnar/decimal_text.h"

namespace neuralake::columnar {
namespace {

DataType Type(const char* text) { return *ParseType(text); }

TEST(PartitionValue, ComesBackAsWritten) {
  const std::pair<const char*, const char*> cases[] = {
      {"bool", "true"},
      {"int8", "-128"},
      {"int16", "32767"},
      {"int32", "-2147483648"},
      {"int64", "9223372036854775807"},
      {"float32", "1.5"},
      {"float64", "0.1"},
      {"float64", "NaN"},
      {"float64", "-Infinity"},
      {"float64", "3.0"},
      {"decimal(5, 2)", "-12.50"},
      {"decimal(38, 0)", "99999999999999999999999999999999999999"},
      {"decimal(38, 38)", "-0.00000000000000000000000000000000000001"},
      {"string", "a b/é"},
      {"binary", "\x01\x02"},
      {"date", "2020-02-29"},
      {"timestamp", "2020-01-01T00:00:00.123456Z"},
      {"timestamp_ntz", "2020-01-01 00:00:00.123456"},
  };
  for (const auto& [type, text] : cases) {
    const auto value = ParsePartitionValue(text, Type(type));
    ASSERT_TRUE(value.has_value()) << type << ' ' << text;
    EXPECT_EQ(FormatPartitionValue(*value), text) << type;
  }
}

TEST(PartitionValue, EmptyIsNullForEveryType) {
  for (const auto* type : {"string", "int32", "binary", "date"}) {
    EXPECT_TRUE(ParsePartitionValue("", Type(type))->is_null()) << type;
  }
}

TEST(PartitionValue, OtherWritersForms) {
  EXPECT_EQ(std::get<std::int64_t>(
                ParsePartitionValue("2020-01-01 00:00:00.123456", Type("timestamp"))->data),
            1'577'836'800'123'456);
  EXPECT_EQ(std::get<Decimal>(ParsePartitionValue("1E+2", Type("decimal(5, 2)"))->data).unscaled,
            10'000);
  EXPECT_EQ(std::get<Decimal>(ParsePartitionValue("0E-18", Type("decimal(5, 2)"))->data).unscaled,
            0);
  EXPECT_EQ(std::get<double>(ParsePartitionValue("1.0E10", Type("float64"))->data), 1e10);
  EXPECT_EQ(std::get<bool>(ParsePartitionValue("TRUE", Type("bool"))->data), true);
}

TEST(PartitionValue, WhatDoesNotFitIsRefusedWithTheText) {
  const std::pair<const char*, const char*> cases[] = {
      {"int8", "128"},
      {"int32", "2147483648"},
      {"int32", "1.0"},
      {"int64", " 1"},
      {"bool", "yes"},
      {"decimal(5, 2)", "1234.00"},
      {"decimal(5, 2)", "0.001"},
      {"date", "2020-02-30"},
      {"timestamp", "noon"},
      {"float64", "one"},
      {"variant", "{}"},
  };
  for (const auto& [type, text] : cases) {
    const auto value = ParsePartitionValue(text, Type(type));
    ASSERT_FALSE(value.has_value()) << type << ' ' << text;
    EXPECT_EQ(value.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(value.error().message.find(text), std::string::npos);
  }
}

TEST(Decimal, FormatsWithTheScaleOfItsType) {
  EXPECT_EQ(FormatDecimal({0}, 0), "0");
  EXPECT_EQ(FormatDecimal({5}, 3), "0.005");
  EXPECT_EQ(FormatDecimal({-1234}, 2), "-12.34");
  EXPECT_EQ(ParseDecimal("", 5, 2), std::nullopt);
  EXPECT_EQ(ParseDecimal(".", 5, 2), std::nullopt);
  EXPECT_EQ(ParseDecimal("1e99999", 5, 2), std::nullopt);
}

}  // namespace
}  // namespace neuralake::columnar
