#include "neuralake/delta/type_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::delta {
namespace {

bool Widens(const char* from, const char* to) {
  return IsWidening(*columnar::ParseType(from), *columnar::ParseType(to));
}

TEST(TypeChanges, OnlyThoseOfTheProtocol) {
  for (const auto& [from, to] : {std::pair{"byte", "short"},
                                 {"byte", "long"},
                                 {"int", "long"},
                                 {"float", "double"},
                                 {"int", "double"},
                                 {"date", "timestamp_ntz"},
                                 {"decimal(5, 2)", "decimal(7, 3)"},
                                 {"int", "decimal(10, 0)"},
                                 {"short", "decimal(12, 2)"},
                                 {"byte", "decimal(4, 1)"},
                                 {"long", "decimal(20, 0)"}}) {
    EXPECT_TRUE(Widens(from, to)) << from << " to " << to;
  }
  for (const auto& [from, to] : {std::pair{"long", "int"},
                                 {"long", "double"},
                                 {"int", "float"},
                                 {"date", "timestamp"},
                                 {"decimal(5, 2)", "decimal(6, 4)"},
                                 {"int", "decimal(9, 0)"},
                                 {"byte", "decimal(3, 1)"},
                                 {"long", "decimal(19, 0)"},
                                 {"string", "int"},
                                 {"int", "string"},
                                 {"long", "long"}}) {
    EXPECT_FALSE(Widens(from, to)) << from << " to " << to;
  }
}

columnar::Schema WithChanges(const std::string& json) {
  columnar::Schema schema = *columnar::ParseDdl("s struct<a: long>");
  schema.fields[0].type.children[0].metadata["delta.typeChanges"] = json;
  return schema;
}

TEST(TypeChanges, UnknownOnesAreNamed) {
  EXPECT_TRUE(CheckTypeChanges(WithChanges(R"json([{"fromType":"short","toType":"long"}])json")));
  const auto bad =
      CheckTypeChanges(WithChanges(R"json([{"fromType":"boolean","toType":"integer"}])json"));
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(bad.error().message, testing::HasSubstr("column a changed its type from boolean"));
  for (const auto* broken : {"{}", "[1]", "[{}]", "x"}) {
    EXPECT_EQ(CheckTypeChanges(WithChanges(broken)).error().kind, ErrorKind::kCorruption);
  }
}

}  // namespace
}  // namespace neuralake::delta
