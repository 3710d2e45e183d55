#include <gtest/gtest.h>

#include "neuralake/columnar/types.h"

namespace neuralake::columnar {
namespace {

TEST(TypeText, EveryNameOfEveryRowIsUnderstood) {
  for (const auto& row : TypeRows()) {
    for (const auto name : {row.delta_name, row.short_name}) {
      const auto type = ParseType(name);
      ASSERT_TRUE(type.has_value()) << name;
      EXPECT_EQ(type->id, row.id) << name;
    }
    if (row.id == TypeId::kTimestampNtz) continue;  // its SQL name is Delta's name of an instant
    const auto type = ParseType(row.sql_name);
    ASSERT_TRUE(type.has_value()) << row.sql_name;
    EXPECT_EQ(type->id, row.id) << row.sql_name;
  }
}

TEST(TypeText, NestedTypesComeBackAsTheyWere) {
  for (const auto* text : {"decimal(10, 2)", "array<string>", "map<string, float64>",
                           "array<int32 not null>", "struct<a: int32, `b c`: array<date> not null>",
                           "map<string, struct<x: bool> not null>", "struct<>", "timestamp_ntz"}) {
    const auto type = ParseType(text);
    ASSERT_TRUE(type.has_value()) << text;
    EXPECT_EQ(FormatType(*type), text);
  }
  EXPECT_EQ(FormatType(*ParseType("STRUCT < a : BIGINT , b VARCHAR(20) >")),
            "struct<a: int64, b: string>");
  EXPECT_EQ(FormatType(*ParseType("timestamp without time zone")), "timestamp_ntz");
}

TEST(TypeText, RefusalsNameTheOffset) {
  const auto message = [](std::string_view text) { return ParseType(text).error().message; };
  EXPECT_EQ(message("array<strng>"), "unknown type strng at offset 6 of 'array<strng>'");
  EXPECT_EQ(message("int32 x"), "unexpected text at offset 6 of 'int32 x'");
  EXPECT_EQ(message("array<int32"), "expected '>' at offset 11 of 'array<int32'");
  for (const auto* text : {"", "decimal(39, 1)", "decimal(5, 6)", "decimal(x)", "map<int32>",
                           "struct<a>", "array", "timestamp with zone"}) {
    EXPECT_EQ(ParseType(text).error().kind, ErrorKind::kInvalid) << text;
  }
}

TEST(TypeText, TooDeepNestingIsRefused) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "array<";
  EXPECT_EQ(ParseType(text).error().kind, ErrorKind::kInvalid);
}

TEST(TypeText, DdlGivesColumnsWithNullabilityAndComments) {
  const auto schema = ParseDdl(
      "id BIGINT NOT NULL COMMENT 'the \"key\", it''s', `my name` string, s struct<a int>");
  ASSERT_TRUE(schema.has_value()) << schema.error().message;
  ASSERT_EQ(schema->fields.size(), 3U);
  EXPECT_FALSE(schema->fields[0].nullable);
  EXPECT_EQ(schema->fields[0].metadata_string("comment"), "the \"key\", it's");
  EXPECT_EQ(schema->fields[1].name, "my name");
  EXPECT_EQ(FormatType(schema->fields[2].type), "struct<a: int32>");
}

TEST(TypeText, DdlRefusesDuplicatesAndLeftovers) {
  EXPECT_EQ(ParseDdl("a int, A string").error().message,
            "column A comes twice at offset 15 of 'a int, A string'");
  for (const auto* text :
       {"", "a", "a int,", "a int NOT", "a int b", "`` int", "a int COMMENT x"}) {
    EXPECT_EQ(ParseDdl(text).error().kind, ErrorKind::kInvalid) << text;
  }
}

}  // namespace
}  // namespace neuralake::columnar
