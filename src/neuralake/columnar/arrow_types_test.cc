#include "neuralake/columnar/arrow_types.h"

#include <string>

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

namespace neuralake::columnar {
namespace {

DataType Type(const std::string& text) { return ParseType(text).value(); }

TEST(ArrowTypes, EveryTypeComesBackFromArrow) {
  for (const char* text :
       {"boolean", "byte", "short", "integer", "long", "float", "double", "decimal(38,10)",
        "decimal(9,0)", "string", "binary", "date", "timestamp", "timestamp_ntz", "array<string>",
        "map<string,array<date>>", "struct<a: int32, b: struct<c: decimal(5,2)>>"}) {
    const DataType type = Type(text);
    const auto back = FromArrow(*ToArrow(type));
    ASSERT_TRUE(back.has_value()) << text << ": " << back.error().message;
    EXPECT_EQ(*back, type) << text;
  }
}

TEST(ArrowTypes, TimestampsAreMicrosecondsAndOnlyInstantsHaveAZone) {
  EXPECT_EQ(ToArrow(Type("timestamp"))->ToString(), "timestamp[us, tz=UTC]");
  EXPECT_EQ(ToArrow(Type("timestamp_ntz"))->ToString(), "timestamp[us]");
}

TEST(ArrowTypes, ForeignLayoutsFallTogether) {
  const DataType string{TypeId::kString};
  EXPECT_EQ(FromArrow(*arrow::large_utf8()).value(), string);
  EXPECT_EQ(FromArrow(*arrow::utf8_view()).value(), string);
  EXPECT_EQ(FromArrow(*arrow::dictionary(arrow::int32(), arrow::utf8())).value(), string);
  EXPECT_EQ(FromArrow(*arrow::uint8()).value().id, TypeId::kShort);
  EXPECT_EQ(FromArrow(*arrow::uint32()).value().id, TypeId::kLong);
  EXPECT_EQ(FromArrow(*arrow::uint64()).value(), Type("decimal(20,0)"));
  EXPECT_EQ(FromArrow(*arrow::large_list(arrow::int64())).value(), Type("array<long>"));
}

TEST(ArrowTypes, ATypeWithoutAPlaceIsRefusedByColumnAndName) {
  const auto refused =
      FromArrow(*arrow::schema({arrow::field("t", arrow::time32(arrow::TimeUnit::SECOND))}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(refused.error().message, "column t: the type time32[s] has no place in a table");
}

TEST(ArrowTypes, TwoColumnsThatDifferInCaseOnlyAreRefused) {
  const auto refused = FromArrow(
      *arrow::schema({arrow::field("a", arrow::int32()), arrow::field("A", arrow::int32())}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
}

TEST(ArrowTypes, PhysicalNamesAndFieldIdsReachEveryLevel) {
  const Field inner{
      "b",
      Type("int32"),
      true,
      {{"delta.columnMapping.id", "2"}, {"delta.columnMapping.physicalName", "\"col-b\""}}};
  Field outer{"a",
              DataType{TypeId::kStruct, 0, 0, {inner}},
              false,
              {{"delta.columnMapping.id", "1"}, {"delta.columnMapping.physicalName", "\"col-a\""}}};
  const auto plain = ToArrow(outer);
  EXPECT_EQ(plain->name(), "a");
  EXPECT_EQ(plain->metadata(), nullptr);
  const auto mapped = ToArrow(outer, {.physical_names = true, .field_ids = true});
  EXPECT_EQ(mapped->name(), "col-a");
  EXPECT_FALSE(mapped->nullable());
  EXPECT_EQ(mapped->metadata()->Get("PARQUET:field_id").ValueOrDie(), "1");
  EXPECT_EQ(mapped->type()->field(0)->name(), "col-b");
  EXPECT_EQ(mapped->type()->field(0)->metadata()->Get("PARQUET:field_id").ValueOrDie(), "2");
}

}  // namespace
}  // namespace neuralake::columnar
