#include "neuralake/engine/attach/csv_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::engine {
namespace {

using testing::ElementsAre;

TEST(CsvHeader, SplitsALineAsItIsQuoted) {
  EXPECT_THAT(ParseCsvHeader("a,b\r\n", ','), ElementsAre("a", "b"));
  EXPECT_THAT(ParseCsvHeader("\xEF\xBB\xBF\"a,\"\"1\"\"\";b\n", ';'), ElementsAre("a,\"1\"", "b"));
  EXPECT_THAT(ParseCsvHeader("a||", '|'), ElementsAre("a", "", ""));
  EXPECT_THAT(ParseCsvHeader("5\" disk,a\"b,\"c\"", ','), ElementsAre("5\" disk", "a\"b", "c"));
  EXPECT_THAT(ParseCsvHeader("\"\",\"a\"\"\"", ','), ElementsAre("", "a\""));
  EXPECT_THAT(ParseCsvHeader("", ','), ElementsAre(""));
}

TEST(CsvHeader, FindsTheEndOfALine) {
  EXPECT_EQ(CsvHeaderBytes("a,b\n1,2\n", ','), 4U);
  EXPECT_EQ(CsvHeaderBytes("a,b\r\n1,2\n", ','), 5U);
  EXPECT_EQ(CsvHeaderBytes("a,b\r1,2\r", ','), 4U);
  EXPECT_EQ(CsvHeaderBytes("\"a\n\",b\n1", ','), 7U);
  EXPECT_EQ(CsvHeaderBytes("5\" disk,left\n1,2\n", ','), 13U);
  EXPECT_EQ(CsvHeaderBytes("a,b\r", ','), 0U) << "the line feed may be to come";
  EXPECT_EQ(CsvHeaderBytes("a,b", ','), 0U);
}

TEST(CsvHeader, ComparesInOrderAndWithoutCase) {
  EXPECT_TRUE(CheckCsvHeader({"ID", "name"}, {"id", "name"}).has_value());
  EXPECT_FALSE(CheckCsvHeader({"name", "id"}, {"id", "name"}).has_value());
  EXPECT_FALSE(CheckCsvHeader({"id"}, {"id", "name"}).has_value());
  const auto status = CheckCsvHeader({"1", "x"}, {"id", "name"});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message,
            "its first line names the columns 1, x, where id, name are declared; declare them as "
            "they stand in the file, or say header=False if it has no such line");
}

}  // namespace
}  // namespace neuralake::engine
