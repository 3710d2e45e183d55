#include "neuralake/serve/pgvalue/binary.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

using namespace std::string_literals;

std::string Binary(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  const auto array = arrow::json::ArrayFromJSONString(type, "[" + json + "]").ValueOrDie();
  const auto cells = MakeBinaryCells(*array);
  if (!cells) return Describe(cells.error());
  std::string out;
  (*cells)->Append(0, out);
  return out;
}

TEST(BinaryCells, WriteNumbersBigEndian) {
  EXPECT_EQ(Binary(arrow::boolean(), "true"), "\x01"s);
  EXPECT_EQ(Binary(arrow::int8(), "-2"), "\xff\xfe"s);
  EXPECT_EQ(Binary(arrow::int32(), "258"), "\x00\x00\x01\x02"s);
  EXPECT_EQ(Binary(arrow::int64(), "-1"), std::string(8, '\xff'));
  EXPECT_EQ(Binary(arrow::float64(), "1"), "\x3f\xf0\x00\x00\x00\x00\x00\x00"s);
}

TEST(BinaryCells, CountTimeFromTheYear2000) {
  EXPECT_EQ(Binary(arrow::date32(), "10958"), "\x00\x00\x00\x01"s);
  EXPECT_EQ(Binary(arrow::timestamp(arrow::TimeUnit::MICRO), "946684800000002"),
            "\x00\x00\x00\x00\x00\x00\x00\x02"s);
}

TEST(BinaryCells, WriteTheInfinitiesAsPostgresDoes) {
  const auto timestamp = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  EXPECT_EQ(Binary(arrow::date32(), "2147483647"), "\x7f\xff\xff\xff"s);
  EXPECT_EQ(Binary(arrow::date32(), "-2147483647"), "\x80\x00\x00\x00"s);
  EXPECT_EQ(Binary(timestamp, "9223372036854775807"), "\x7f"s + std::string(7, '\xff'));
  EXPECT_EQ(Binary(timestamp, "-9223372036854775807"), "\x80"s + std::string(7, '\0'));
}

TEST(BinaryCells, WriteArrays) {
  EXPECT_EQ(Binary(arrow::list(arrow::int16()), "[1, null]"),
            "\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x15\x00\x00\x00\x02\x00\x00\x00\x01"
            "\x00\x00\x00\x02\x00\x01\xff\xff\xff\xff"s);
  EXPECT_EQ(Binary(arrow::list(arrow::utf8()), "[]"),
            "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19"s);
}

// The expected bytes are what PostgreSQL 15's numeric_send gives.
TEST(EncodeNumeric, GroupsDigitsByFour) {
  EXPECT_EQ(EncodeNumeric(false, "1250", 2), "\x00\x02\x00\x00\x00\x00\x00\x02\x00\x0c\x13\x88"s);
  EXPECT_EQ(EncodeNumeric(true, "123456789", 0),
            "\x00\x03\x00\x02\x40\x00\x00\x00\x00\x01\x09\x29\x1a\x85"s);
  EXPECT_EQ(EncodeNumeric(false, "0", 3), "\x00\x00\x00\x00\x00\x00\x00\x03"s);
  EXPECT_EQ(EncodeNumeric(false, "1", 10), "\x00\x01\xff\xfd\x00\x00\x00\x0a\x00\x64"s)
      << "0.0000000001";
}

TEST(DecodeNumeric, ReadsBackWhatWasWritten) {
  const auto trip = [](bool negative, std::string_view digits, int scale) {
    return DecodeNumeric(EncodeNumeric(negative, digits, scale)).value();
  };
  EXPECT_EQ(trip(false, "1250", 2), "12.50");
  EXPECT_EQ(trip(true, "123456789", 0), "-123456789");
  EXPECT_EQ(trip(false, "10000000", 0), "10000000");
  EXPECT_EQ(trip(false, "1", 10), "0.0000000001");
  EXPECT_EQ(trip(false, "0", 3), "0.000");
  EXPECT_EQ(trip(true, "99999999999999999999999999999999999999", 19),
            "-9999999999999999999.9999999999999999999");
}

TEST(DecodeNumeric, RefusesOtherBytes) {
  EXPECT_FALSE(DecodeNumeric("\x00\x01"s));
  EXPECT_FALSE(DecodeNumeric("\x00\x01\x00\x00\x12\x34\x00\x00\x00\x01"s));
  EXPECT_FALSE(DecodeNumeric("\x00\x01\x00\x00\x00\x00\x00\x00\x27\x10"s)) << "10000 is no digit";
  EXPECT_FALSE(DecodeNumeric("\xff\xff\x00\x00\x00\x00\x00\x00"s));
}

}  // namespace
}  // namespace neuralake::serve
