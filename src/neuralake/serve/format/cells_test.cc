#include "neuralake/serve/format/cells.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

/// The first value of a one-element array that Arrow reads from JSON.
std::string Cell(const std::shared_ptr<arrow::DataType>& type, const std::string& json,
                 Notation notation = Notation::kJson) {
  const auto array = arrow::json::ArrayFromJSONString(type, "[" + json + "]").ValueOrDie();
  const auto cells = MakeCells(*array, notation);
  if (!cells) return Describe(cells.error());
  std::string out;
  (*cells)->Append(0, out);
  return out;
}

std::string Postgres(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  return Cell(type, json, Notation::kPostgres);
}

TEST(JsonCells, WriteIntegersBeyondTwoToThe53AsStrings) {
  EXPECT_EQ(Cell(arrow::int64(), "9007199254740992"), "9007199254740992");
  EXPECT_EQ(Cell(arrow::int64(), "9007199254740993"), "\"9007199254740993\"");
  EXPECT_EQ(Cell(arrow::int64(), "-9223372036854775808"), "\"-9223372036854775808\"");
  EXPECT_EQ(Cell(arrow::int8(), "-5"), "-5");
}

TEST(JsonCells, WriteDecimalsAsStrings) {
  EXPECT_EQ(Cell(arrow::decimal128(10, 2), "\"-12.50\""), "\"-12.50\"");
  EXPECT_EQ(Cell(arrow::decimal128(38, 10), "\"0.0000000001\""), "\"0.0000000001\"");
}

TEST(JsonCells, WriteRealsThatJsonHasNoNumberFor) {
  EXPECT_EQ(Cell(arrow::float64(), "1.5"), "1.5");
  EXPECT_EQ(Cell(arrow::float64(), "NaN"), "\"NaN\"");
  EXPECT_EQ(Cell(arrow::float32(), "-Inf"), "\"-Infinity\"");
}

TEST(JsonCells, WriteTextTimeAndBinary) {
  EXPECT_EQ(Cell(arrow::utf8(), R"("a\"b\n")"), R"("a\"b\n")");
  EXPECT_EQ(Cell(arrow::binary(), "\"foo\""), "\"Zm9v\"");
  EXPECT_EQ(Cell(arrow::date32(), "18263"), "\"2020-01-02\"");
  EXPECT_EQ(Cell(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "1577934245000001"),
            "\"2020-01-02T03:04:05.000001Z\"");
  EXPECT_EQ(Cell(arrow::timestamp(arrow::TimeUnit::MICRO), "1577934245000000"),
            "\"2020-01-02T03:04:05\"");
}

TEST(JsonCells, WriteNestedValues) {
  const auto point =
      arrow::struct_({arrow::field("x", arrow::int32()), arrow::field("y\"", arrow::utf8())});
  EXPECT_EQ(Cell(point, R"({"x": 1, "y\"": null})"), R"({"x":1,"y\"":null})");
  EXPECT_EQ(Cell(arrow::list(arrow::int32()), "[1, null, 3]"), "[1,null,3]");
  EXPECT_EQ(Cell(arrow::map(arrow::utf8(), arrow::int32()), R"([["a", 1], ["b", null]])"),
            R"({"a":1,"b":null})");
  EXPECT_EQ(Cell(arrow::map(arrow::int32(), arrow::int32()), "[[1, 2]]"),
            R"([{"key":1,"value":2}])");
}

TEST(JsonCells, WriteNulls) {
  EXPECT_EQ(Cell(arrow::int32(), "null"), "null");
  EXPECT_EQ(Cell(arrow::null(), "null"), "null");
  EXPECT_EQ(Cell(arrow::int32(), "null", Notation::kText), "");
}

TEST(PostgresCells, FollowItsOutputFunctions) {
  EXPECT_EQ(Postgres(arrow::boolean(), "true"), "t");
  EXPECT_EQ(Postgres(arrow::binary(), "\"\\u0001z\""), "\\x017a");
  EXPECT_EQ(Postgres(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "1577934245000000"),
            "2020-01-02 03:04:05+00");
  EXPECT_EQ(Postgres(arrow::date32(), "-719469"), "0001-02-29 BC");
  EXPECT_EQ(Postgres(arrow::int64(), "9007199254740993"), "9007199254740993");
  EXPECT_EQ(Postgres(arrow::float64(), "-Inf"), "-Infinity");
}

TEST(PostgresCells, WriteArraysInBracesAndOtherNestedValuesAsJson) {
  EXPECT_EQ(Postgres(arrow::list(arrow::utf8()), R"(["a\"b", null, "", "NULL"])"),
            R"({"a\"b",NULL,"","NULL"})");
  EXPECT_EQ(Postgres(arrow::list(arrow::list(arrow::int32())), "[[1], []]"), "[[1],[]]");
}

TEST(Cells, RefuseATypeThatNoAnswerHas) {
  EXPECT_EQ(Cell(arrow::time64(arrow::TimeUnit::MICRO), "1"),
            "unsupported: a column of type time64[us] has no text form");
}

}  // namespace
}  // namespace neuralake::serve
