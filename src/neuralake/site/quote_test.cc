#include "neuralake/site/quote.h"

#include <gtest/gtest.h>

namespace neuralake::site {
namespace {

TEST(QuoteSql, LeavesPlainNamesAlone) { EXPECT_EQ(QuoteSql("dep_delay2"), "dep_delay2"); }

TEST(QuoteSql, QuotesWhatSqlWouldReadOtherwise) {
  EXPECT_EQ(QuoteSql("order"), R"("order")");
  EXPECT_EQ(QuoteSql("left"), R"("left")");
  EXPECT_EQ(QuoteSql("Order Id"), R"("Order Id")");
  EXPECT_EQ(QuoteSql("a\"b"), R"("a""b")");
  EXPECT_EQ(QuoteSql("2d"), R"("2d")");
  EXPECT_EQ(QuoteSql("ü"), R"("ü")");
}

TEST(QuotePython, EscapesQuotesAndControls) {
  EXPECT_EQ(QuotePython("a\"b\\c\nd"), R"("a\"b\\c\x0ad")");
}

TEST(QuoteShell, ClosesEveryQuote) { EXPECT_EQ(QuoteShell("it's $HOME"), R"('it'\''s $HOME')"); }

}  // namespace
}  // namespace neuralake::site
