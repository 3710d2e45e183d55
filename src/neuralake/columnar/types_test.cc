#include "neuralake/columnar/types.h"

#include <set>

#include <gtest/gtest.h>

namespace neuralake::columnar {
namespace {

TEST(Types, EveryPrimitiveHasTheRowOfItsId) {
  std::set<std::string_view> delta_names;
  std::set<std::string_view> short_names;
  for (const auto& row : TypeRows()) {
    EXPECT_EQ(Row(row.id).delta_name, row.delta_name);
    EXPECT_TRUE(delta_names.insert(row.delta_name).second) << row.delta_name;
    EXPECT_TRUE(short_names.insert(row.short_name).second) << row.short_name;
  }
  EXPECT_EQ(TypeRows().size(), static_cast<std::size_t>(TypeId::kStruct));
}

TEST(Types, FindsColumnsWithoutCase) {
  Schema schema{{Field{.name = "id"}, Field{.name = "Größe"}}};
  EXPECT_EQ(schema.IndexOf("ID"), 0U);
  EXPECT_EQ(schema.IndexOf("gRöße"), 1U);
  EXPECT_EQ(schema.IndexOf("GRÖSSE"), std::nullopt);
  EXPECT_EQ(schema.Find("none"), nullptr);
}

TEST(Types, MetadataTellsStringsFromIntegers) {
  Field field;
  field.metadata["delta.columnMapping.id"] = "5";
  field.metadata["delta.columnMapping.physicalName"] = R"("col-\u0061")";
  EXPECT_EQ(field.metadata_integer("delta.columnMapping.id"), 5);
  EXPECT_EQ(field.metadata_string("delta.columnMapping.id"), std::nullopt);
  EXPECT_EQ(field.metadata_string("delta.columnMapping.physicalName"), "col-a");
  EXPECT_EQ(field.metadata_integer("delta.columnMapping.physicalName"), std::nullopt);
  EXPECT_EQ(field.metadata_integer("none"), std::nullopt);
}

}  // namespace
}  // namespace neuralake::columnar
