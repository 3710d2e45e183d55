#include "neuralake/catalog/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::catalog {
namespace {

using testing::HasSubstr;
using testing::Optional;

TEST(Names, EngineNamesAreRefusedForDatabasesWithoutCase) {
  for (const auto* name :
       {"neuralake", "main", "temp", "system", "memory", "information_schema", "PG_Catalog"}) {
    EXPECT_THAT(DatabaseNameProblem(name), Optional(HasSubstr("name of the engine"))) << name;
  }
  EXPECT_EQ(DatabaseNameProblem("aviation"), std::nullopt);
  EXPECT_EQ(TableNameProblem("main"), std::nullopt);
}

TEST(Names, IdentifiersAreAsciiWordsOfAtMost63Bytes) {
  EXPECT_EQ(TableNameProblem("_flights_2013"), std::nullopt);
  for (const auto* name : {"", "2013", "a b", "a.b", "fl\xC3\xBCge", "a;drop"}) {
    EXPECT_TRUE(TableNameProblem(name)) << name;
  }
  EXPECT_EQ(TableNameProblem(std::string(63, 'a')), std::nullopt);
  EXPECT_THAT(TableNameProblem(std::string(64, 'a')), Optional(HasSubstr("64 bytes")));
}

TEST(Names, ColumnsMayBeCalledAnythingPrintable) {
  EXPECT_EQ(ColumnNameProblem("dep delay (\xC3\xBC)"), std::nullopt);
  EXPECT_TRUE(ColumnNameProblem(""));
  EXPECT_TRUE(ColumnNameProblem("a\nb"));
  EXPECT_TRUE(ColumnNameProblem(std::string(256, 'a')));
}

}  // namespace
}  // namespace neuralake::catalog
