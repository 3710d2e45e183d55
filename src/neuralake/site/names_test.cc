#include "neuralake/site/names.h"

#include <gtest/gtest.h>

#include "neuralake/site/limits.h"

namespace neuralake::site {
namespace {

TEST(FileName, KeepsAPlainName) { EXPECT_EQ(FileName("dep_delay_2"), "dep_delay_2"); }

TEST(FileName, TellsNamesApartThatDifferInCaseOnly) {
  EXPECT_NE(FileName("Flights"), FileName("flights"));
  EXPECT_NE(FileName("Flights"), FileName("FLIGHTS"));
  EXPECT_EQ(FileName("Flights").substr(0, 8), "flights-");
}

TEST(FileName, LeavesNothingThatCouldLeaveTheFolderOrTheAttribute) {
  for (const char* name :
       {"../../etc/passwd", "a/b", "a\\b", "<script>", "\"", "航班", "", "nul"}) {
    const std::string file = FileName(name);
    EXPECT_EQ(file.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-"), std::string::npos)
        << file;
    EXPECT_NE(file, name);
  }
}

TEST(FileName, CutsLongNamesWithoutMeeting) {
  const std::string stem(500, 'x');
  EXPECT_NE(FileName(stem + "a"), FileName(stem + "b"));
  EXPECT_LE(FileName(stem).size(), kFileNameBytesMax + 17);
}

TEST(Paths, LeadThereAndBack) {
  EXPECT_EQ(TablePath("aviation", "flights"), "tables/aviation/flights.html");
  EXPECT_EQ(RootFrom(TablePath("aviation", "flights")), "../../");
  EXPECT_EQ(RootFrom(DatabasePath("aviation")), "../");
  EXPECT_EQ(RootFrom("index.html"), "");
}

TEST(ColumnAnchor, HasNoBlankAndNoQuote) {
  EXPECT_EQ(ColumnAnchor("dep_delay"), "column-dep_delay");
  EXPECT_EQ(ColumnAnchor("a b\"c"), "column-a%20b%22c");
}

}  // namespace
}  // namespace neuralake::site
