#include "neuralake/columnar/conform.h"

#include <gtest/gtest.h>

#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/batch_testing.h"

namespace neuralake::columnar {
namespace {

Schema Columns(const std::string& ddl) { return ParseDdl(ddl).value(); }

// The one column, conformed, as Arrow prints it in one line.
std::string Conformed(const std::string& type, const std::shared_ptr<arrow::Array>& array) {
  const auto batch = Conform(*BatchOf({{"c", array}}), Columns("c " + type));
  if (!batch) return batch.error().message;
  EXPECT_TRUE((*batch)->ValidateFull().ok()) << (*batch)->ValidateFull().message();
  EXPECT_EQ(*(*batch)->column(0)->type(), *ToArrow(ParseType(type).value()));
  std::string text;
  for (std::int64_t row = 0; row < array->length(); ++row) {
    const auto scalar = (*batch)->column(0)->GetScalar(row).ValueOrDie();
    text += (row == 0 ? "" : " ") + (scalar->is_valid ? scalar->ToString() : "null");
  }
  return text;
}

TEST(Conform, IntegersGrow) {
  EXPECT_EQ(Conformed("long", ColumnOf(arrow::int32(), "[1, null, -3]")), "1 null -3");
  EXPECT_EQ(Conformed("int", ColumnOf(arrow::uint16(), "[65535]")), "65535");
  EXPECT_EQ(Conformed("double", ColumnOf(arrow::int32(), "[7]")), "7");
  EXPECT_EQ(Conformed("decimal(22,2)", ColumnOf(arrow::uint64(), "[18446744073709551615]")),
            "18446744073709551615.00");
}

TEST(Conform, NothingShrinks) {
  EXPECT_EQ(Conformed("int", ColumnOf(arrow::int64(), "[1]")),
            "column c: values of type int64 do not fit into int32");
  EXPECT_EQ(Conformed("float", ColumnOf(arrow::float64(), "[1]")),
            "column c: values of type double do not fit into float32");
  EXPECT_EQ(Conformed("double", ColumnOf(arrow::int64(), "[1]")),
            "column c: values of type int64 do not fit into float64");
  EXPECT_EQ(Conformed("long", ColumnOf(arrow::uint64(), "[1]")),
            "column c: values of type uint64 do not fit into int64");
  EXPECT_EQ(Conformed("decimal(5,2)", ColumnOf(arrow::decimal128(6, 2), R"(["1.00"])")),
            "column c: values of type decimal128(6, 2) do not fit into decimal(5, 2)");
  EXPECT_EQ(Conformed("string", ColumnOf(arrow::binary(), R"(["a"])")),
            "column c: values of type binary do not fit into string");
}

TEST(Conform, LayoutsOfTextFallTogether) {
  EXPECT_EQ(Conformed("string", ColumnOf(arrow::large_utf8(), R"(["a", null])")), "a null");
  EXPECT_EQ(Conformed("string", ColumnOf(arrow::utf8_view(), R"(["a", "twelve bytes more"])")),
            "a twelve bytes more");
  EXPECT_EQ(Conformed("string", ColumnOf(arrow::dictionary(arrow::int8(), arrow::utf8()),
                                         R"(["x", "y", "x", null])")),
            "x y x null");
}

TEST(Conform, TextThatIsNotUtf8IsRefusedByRow) {
  arrow::StringBuilder builder;
  ASSERT_TRUE(builder.Append("good").ok());
  ASSERT_TRUE(builder.Append("\xff").ok());
  EXPECT_EQ(Conformed("string", builder.Finish().ValueOrDie()),
            "column c, row 1: the text is not UTF-8");
}

TEST(Conform, TimesChangeUnitOnlyWithoutLoss) {
  const auto nanos = arrow::timestamp(arrow::TimeUnit::NANO, "Europe/Paris");
  EXPECT_EQ(Conformed("timestamp", ColumnOf(nanos, "[1000, null, 3000]")),
            "1970-01-01 00:00:00.000001Z null 1970-01-01 00:00:00.000003Z");
  EXPECT_TRUE(Conformed("timestamp", ColumnOf(nanos, "[1000, 2000, 3000, 4001, 5000]"))
                  .starts_with("column c, row 3: the timestamp[ns, tz=Europe/Paris] value"));
  const auto micros = arrow::timestamp(arrow::TimeUnit::MICRO, "+00:00");
  EXPECT_EQ(Conformed("timestamp", ColumnOf(micros, "[5]")), "1970-01-01 00:00:00.000005Z");
  EXPECT_EQ(Conformed("date", ColumnOf(arrow::date64(), "[86400000]")), "1970-01-02");
}

TEST(Conform, AWallClockIsNoInstant) {
  EXPECT_EQ(Conformed("timestamp", ColumnOf(arrow::timestamp(arrow::TimeUnit::MICRO), "[1]")),
            "column c: values of type timestamp[us] do not fit into timestamp");
}

TEST(Conform, StructsMatchByNameAndGetNulls) {
  const auto source = arrow::struct_({arrow::field("B", arrow::int8())});
  EXPECT_EQ(Conformed("struct<a: string, b: int>", ColumnOf(source, R"([{"B": 1}, null])")),
            "{a:string = null, b:int32 = 1} null");
  EXPECT_EQ(Conformed("struct<a: string>", ColumnOf(source, R"([{"B": 1}])")),
            "column c: there is no field B");
}

TEST(Conform, SlicesOfNestedColumnsKeepTheirRows) {
  const auto list = arrow::list(arrow::struct_({arrow::field("x", arrow::int16())}));
  const auto array = ColumnOf(list, R"([[{"x":1}], [{"x":2},{"x":3}], null, [{"x":4}]])")->Slice(1);
  EXPECT_EQ(Conformed("array<struct<x: long>>", array),
            "list<element: struct<x: int64>>[{x:int64 = 2}, {x:int64 = 3}] null "
            "list<element: struct<x: int64>>[{x:int64 = 4}]");
  const auto structs =
      ColumnOf(arrow::struct_({arrow::field("x", arrow::int16())}), R"([{"x":1},{"x":2}])")
          ->Slice(1);
  EXPECT_EQ(Conformed("struct<x: long>", structs), "{x:int64 = 2}");
}

TEST(Conform, AValueInsideAListIsNamedByItsRow) {
  const auto list = arrow::list(arrow::timestamp(arrow::TimeUnit::NANO));
  const auto refused =
      Conformed("array<timestamp_ntz>", ColumnOf(list, "[[1000], [], [2000, 2001], [3000]]"));
  EXPECT_TRUE(refused.starts_with("column c.element, row 2: ")) << refused;
}

TEST(Conform, MapsAreConformedInsideOut) {
  const auto map = arrow::map(arrow::large_utf8(), arrow::int32());
  EXPECT_EQ(Conformed("map<string, long>", ColumnOf(map, R"([[["k", 1]], null])")),
            "map<string, int64>[{key:string = k, value:int64 = 1}] null");
}

TEST(Conform, ANullWhereNoneMayBeIsNamedByColumnAndRow) {
  const Schema schema = Columns("id BIGINT NOT NULL, note STRING");
  const auto refused =
      Conform(*BatchOf({{"id", ColumnOf(arrow::int64(), "[1, null]")}}), schema, 100);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(refused.error().message,
            "column id, row 101: null, but the column is declared not null");
  const auto missing = Conform(*BatchOf({{"note", ColumnOf(arrow::utf8(), R"(["a"])")}}), schema);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().message, "column id, row 0: null, but the column is declared not null");
}

TEST(Conform, AForbiddenNullBelowANullParentIsNone) {
  Field inner{"x", DataType{TypeId::kLong}, false, {}};
  const Schema schema{{Field{"s", DataType{TypeId::kStruct, 0, 0, {inner}}, true, {}}}};
  const auto type = arrow::struct_({arrow::field("x", arrow::int64())});
  EXPECT_TRUE(Conform(*BatchOf({{"s", ColumnOf(type, R"([{"x":1}, null])")}}), schema).has_value());
  const auto refused =
      Conform(*BatchOf({{"s", ColumnOf(type, R"([{"x":1}, {"x":null}])")}}), schema);
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(refused.error().message.starts_with("column s.x, row 1: null"));
}

TEST(Conform, UnknownColumnsAreRefusedWithTheKnownOnes) {
  const auto refused =
      Conform(*BatchOf({{"idd", ColumnOf(arrow::int64(), "[1]")}}), Columns("id long, b string"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, "there is no column idd; the columns are id, b");
}

}  // namespace
}  // namespace neuralake::columnar
