#include "neuralake/serve/pgwire/parameters.h"

#include <limits>

#include <gtest/gtest.h>

#include "neuralake/serve/pgvalue/binary.h"

namespace neuralake::serve {
namespace {

using namespace std::string_literals;

std::string Text(std::uint32_t oid, std::int16_t format, std::string_view bytes) {
  const auto value = ParameterValue(oid, format, bytes);
  if (!value) return value.error().message;
  const std::string name = columnar::FormatType(value->type);
  return name + " " + columnar::FormatPartitionValue(*value);
}

TEST(ParameterValue, ReadsTextByType) {
  EXPECT_EQ(Text(23, 0, "-5"), "int32 -5");
  EXPECT_EQ(Text(20, 0, "9007199254740993"), "int64 9007199254740993");
  EXPECT_EQ(Text(16, 0, "t"), "bool true");
  EXPECT_EQ(Text(1082, 0, "2020-01-02"), "date 2020-01-02");
  EXPECT_EQ(Text(1700, 0, "12.50"), "decimal(38, 2) 12.50");
  EXPECT_EQ(Text(1700, 0, "1e3"), "float64 1000.0");
  EXPECT_EQ(Text(25, 0, "it's"), "string it's");
  EXPECT_EQ(Text(0, 0, "x"), "string x");
  EXPECT_EQ(Text(2950, 0, "0e37"), "string 0e37");
}

TEST(ParameterValue, ReadsBinaryByType) {
  EXPECT_EQ(Text(21, 1, "\xff\xfe"s), "int16 -2");
  EXPECT_EQ(Text(23, 1, "\x00\x00\x01\x02"s), "int32 258");
  EXPECT_EQ(Text(20, 1, std::string(8, '\xff')), "int64 -1");
  EXPECT_EQ(Text(16, 1, "\x01"s), "bool true");
  EXPECT_EQ(Text(701, 1, "\x3f\xf8\x00\x00\x00\x00\x00\x00"s), "float64 1.5");
  EXPECT_EQ(Text(1082, 1, "\x00\x00\x00\x01"s), "date 2000-01-02");
  EXPECT_EQ(Text(1700, 1, EncodeNumeric(true, "1250", 2)), "decimal(38, 2) -12.50");
  EXPECT_EQ(Text(25, 1, "abc"), "string abc");
}

TEST(ParameterValue, ReadsTheInfinitiesOfBinaryDatesAndTimestamps) {
  const auto number = [](std::uint32_t oid, std::string_view bytes) {
    return std::get<std::int64_t>(ParameterValue(oid, 1, bytes).value().data);
  };
  const std::string most = "\x7f" + std::string(7, '\xff');
  const std::string least = "\x80" + std::string(7, '\0');
  EXPECT_EQ(number(1082, std::string_view(most).substr(0, 4)), 2147483647);
  EXPECT_EQ(number(1082, std::string_view(least).substr(0, 4)), -2147483647);
  EXPECT_EQ(number(1114, most), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(number(1184, least), -std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Text(1082, 1, "\x7f\xff\xff\xfe"), "a binary parameter of type DATE is out of range");
  EXPECT_EQ(Text(1114, 1, "\x7f\xff" + std::string(5, '\xff') + "\xfe"),
            "a binary parameter of type TIMESTAMP is out of range");
}

TEST(ParameterValue, ReadsTimesAsPostgresDoes) {
  EXPECT_EQ(Text(1114, 0, "2024-01-01 12:00:00+01"), "timestamp_ntz 2024-01-01 12:00:00");
  EXPECT_EQ(Text(1184, 0, "2024-01-01 12:00:00+01"), "timestamp 2024-01-01T11:00:00.000000Z");
  EXPECT_EQ(Text(1082, 0, "2024-01-01 +01"), "date 2024-01-01");
  EXPECT_EQ(Text(1082, 0, "0044-03-15 BC"), "date -0043-03-15");
  EXPECT_EQ(Text(1114, 0, "soon"), "parameter `soon` is not of type TIMESTAMP");
  EXPECT_EQ(Text(1082, 0, ""), "parameter `` is not of type DATE");
  EXPECT_EQ(std::get<std::int64_t>(ParameterValue(1082, 0, "infinity").value().data), 2147483647);
  EXPECT_EQ(std::get<std::int64_t>(ParameterValue(1184, 0, "-infinity").value().data),
            -std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Text(1182, 0, "{infinity,-infinity,12000-01-01,2024-01-01}"),
            "string [infinity, -infinity, 12000-01-01, 2024-01-01]");
  EXPECT_EQ(Text(1115, 0, "{\"2024-01-01 12:00:00+01\"}"), "string [2024-01-01 12:00:00]");
}

TEST(ParameterValue, TurnsArraysIntoListTexts) {
  EXPECT_EQ(Text(1009, 0, R"({it's,"C:\\dir"})"), R"(string ['it\'s', 'C:\\dir'])");
  EXPECT_EQ(Text(1007, 0, "{1,NULL,3}"), "string [1, NULL, 3]");
  EXPECT_EQ(Text(1009, 0, R"({a,"b \"c\", d","NULL"})"), R"(string ['a', 'b "c", d', 'NULL'])");
  EXPECT_EQ(Text(1007, 0, "{}"), "string []");
  EXPECT_EQ(Text(1005, 1,
                 "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x02\x00\x00\x00\x01"
                 "\x00\x00\x00\x02\x00\x01\xff\xff\xff\xff"s),
            "string [1, NULL]");
  EXPECT_EQ(Text(1007, 0, "{1"), "an array parameter is not in braces");
  EXPECT_EQ(Text(1009, 0, "{\"a}"), "a quote in an array parameter is not closed");
  EXPECT_EQ(Text(1007, 0, "{{1}}"), "arrays of arrays cannot be parameters");
}

TEST(ParameterValue, KeepsTheTypeOfNull) {
  const auto type = [](std::uint32_t oid) {
    const auto value = ParameterValue(oid, 0, std::nullopt).value();
    EXPECT_TRUE(value.is_null());
    return columnar::FormatType(value.type);
  };
  EXPECT_EQ(type(23), "int32");
  EXPECT_EQ(type(1043), "string");
  EXPECT_EQ(type(0), "string");
  EXPECT_EQ(type(1700), "decimal(1, 0)");
}

TEST(NumericListType, HoldsEveryNumber) {
  EXPECT_EQ(NumericListType("[1.2345, NULL, -123456789012345678.5]"), "DECIMAL(22,4)[]");
  EXPECT_EQ(NumericListType("[-2.5]"), "DECIMAL(2,1)[]");
  EXPECT_EQ(NumericListType("[7]"), "DECIMAL(1,0)[]");
  EXPECT_EQ(NumericListType("[]"), "DECIMAL(1,0)[]");
  EXPECT_EQ(NumericListType("[NULL]"), "DECIMAL(1,0)[]");
  EXPECT_EQ(NumericListType("[1, NaN]"), "DOUBLE[]");
  EXPECT_EQ(NumericListType("[1e-07]"), "DOUBLE[]");
  EXPECT_EQ(NumericListType("[0.5, " + std::string(38, '9') + "]"), "DOUBLE[]");
}

TEST(ParameterValue, RefusesBytesOfAnotherType) {
  EXPECT_EQ(Text(23, 0, "five"), "parameter `five` is not of type INTEGER");
  EXPECT_EQ(Text(23, 0, ""), "parameter `` is not of type INTEGER");
  EXPECT_FALSE(ParameterValue(23, 1, "\x01"s));
  EXPECT_FALSE(ParameterValue(23, 1, "\x01\x02\x03\x04\x05"s));
  EXPECT_EQ(ParameterValue(600, 1, "x").error().kind, ErrorKind::kUnsupported);
  for (const std::uint32_t oid : {1083U, 1186U, 2950U}) {
    EXPECT_EQ(ParameterValue(oid, 1, "x").error().kind, ErrorKind::kInvalid);
  }
  EXPECT_FALSE(ParameterValue(1083, 1, "\xff\xff\xff\xff\xff\xff\xff\xff"s));
}

}  // namespace
}  // namespace neuralake::serve
