#include <gtest/gtest.h>

#include "neuralake/columnar/types.h"

namespace neuralake::columnar {
namespace {

constexpr std::string_view kNested =
    R"json({"type":"struct","fields":[{"name":"id","type":"long","nullable":false,)json"
    R"json("metadata":{"comment":"a \"key\"","delta.columnMapping.id":1}},)json"
    R"json({"name":"d","type":"decimal(12,3)","nullable":true,"metadata":{}},)json"
    R"json({"name":"a","type":{"type":"array","elementType":"timestamp_ntz",)json"
    R"json("containsNull":false},"nullable":true,"metadata":{}},)json"
    R"json({"name":"m","type":{"type":"map","keyType":"string","valueType":)json"
    R"json({"type":"struct","fields":[{"name":"x","type":"binary","nullable":true,)json"
    R"json("metadata":{"list":[1,{"a":true}]}}]},"valueContainsNull":true},)json"
    R"json("nullable":true,"metadata":{}}]})json";

TEST(SchemaJson, ComesBackByteForByte) {
  const auto schema = ParseSchemaJson(kNested);
  ASSERT_TRUE(schema.has_value()) << schema.error().message;
  EXPECT_EQ(FormatSchemaJson(*schema), kNested);
  EXPECT_EQ(schema->fields[0].metadata_string("comment"), "a \"key\"");
  EXPECT_EQ(schema->fields[1].type.scale, 3);
  EXPECT_FALSE(schema->fields[2].type.children[0].nullable);
  EXPECT_EQ(schema->fields[3].type.children[1].type.children[0].metadata.at("list"),
            R"json([1,{"a":true}])json");
}

std::string WithField(const std::string& field) {
  return R"json({"type":"struct","fields":[)json" + field + "]}";
}

TEST(SchemaJson, BrokenTextIsCorruption) {
  const std::string texts[] = {
      "",
      "{",
      "[]",
      "\"struct\"",
      "\"long\"",
      R"json({"type":"struct"})json",
      R"json({"type":"struct","fields":{}})json",
      WithField("1"),
      WithField(R"json({"type":"long","nullable":true})json"),
      WithField(R"json({"name":"a","nullable":true})json"),
      WithField(R"json({"name":"a","type":"long"})json"),
      WithField(R"json({"name":"a","type":"decimal(40,2)","nullable":true})json"),
      R"json({"type":"array","elementType":"long","containsNull":true})json"};
  for (const auto& text : texts) {
    const auto schema = ParseSchemaJson(text);
    ASSERT_FALSE(schema.has_value()) << text;
    EXPECT_EQ(schema.error().kind, ErrorKind::kCorruption) << text;
  }
}

TEST(SchemaJson, UnknownTypesAreNamed) {
  const auto schema =
      ParseSchemaJson(WithField(R"json({"name":"g","type":"geometry","nullable":true})json"));
  ASSERT_FALSE(schema.has_value());
  EXPECT_EQ(schema.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(schema.error().message, "schema: unknown type geometry");
}

TEST(SchemaJson, TooDeepNestingIsRefused) {
  std::string text = "\"long\"";
  for (int i = 0; i < 200; ++i) {
    text.insert(0, R"json({"type":"array","containsNull":true,"elementType":)json").append("}");
  }
  text = WithField(R"json({"name":"a","nullable":true,"type":)json" + text + "}");
  EXPECT_EQ(ParseSchemaJson(text).error().kind, ErrorKind::kCorruption);
}

}  // namespace
}  // namespace neuralake::columnar
