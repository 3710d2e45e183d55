#include "neuralake/columnar/schema_merge.h"

#include <gtest/gtest.h>

namespace neuralake::columnar {
namespace {

Schema Ddl(const char* text) { return ParseDdl(text).value(); }

TEST(SchemaMerge, NewColumnsComeLastAndMayBeNull) {
  EXPECT_EQ(
      MergeSchema(Ddl("id long not null, name string"), Ddl("day date not null, NAME string")),
      Ddl("id long not null, name string, day date"));
}

TEST(SchemaMerge, StructsGrowInsideListsAndMaps) {
  EXPECT_EQ(MergeSchema(Ddl("a array<struct<x: int>>, m map<string, struct<p: int>>"),
                        Ddl("a array<struct<y: string, x: long>>, m map<string, struct<q: date>>")),
            Ddl("a array<struct<x: int, y: string>>, m map<string, struct<p: int, q: date>>"));
}

TEST(SchemaMerge, AColumnOfBothKeepsTheTypeOfTheTable) {
  EXPECT_EQ(MergeSchema(Ddl("id int"), Ddl("id string")), Ddl("id int"));
}

TEST(SchemaMerge, ColumnsOfNullsOnlyHoldText) {
  Schema rows = Ddl("id long not null, nothing string");
  rows.fields[1].type = {TypeId::kVoid, 0, 0, {}};
  EXPECT_EQ(SchemaForRows(rows), Ddl("id long, nothing string"));
}

}  // namespace
}  // namespace neuralake::columnar
