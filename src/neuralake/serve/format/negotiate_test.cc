#include "neuralake/serve/format/negotiate.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

TEST(Negotiate, TakesJsonWhenTheClientDoesNotCare) {
  EXPECT_EQ(Negotiate(""), Format::kJson);
  EXPECT_EQ(Negotiate("*/*"), Format::kJson);
  EXPECT_EQ(Negotiate("text/html, application/xhtml+xml, */*;q=0.8"), Format::kJson);
}

TEST(Negotiate, FollowsTheWeights) {
  EXPECT_EQ(Negotiate("application/json;q=0.5, text/csv"), Format::kCsv);
  EXPECT_EQ(Negotiate("text/csv;q=0.1,application/vnd.apache.parquet;q=0.2"), Format::kParquet);
  EXPECT_EQ(Negotiate("text/csv;q=0, application/x-ndjson;q=0.001"), Format::kNdjson);
}

TEST(Negotiate, TakesTheFirstOfEquals) {
  EXPECT_EQ(Negotiate("text/csv, application/json"), Format::kCsv);
}

TEST(Negotiate, ReadsNamesWithoutCaseAndSkipsParameters) {
  EXPECT_EQ(Negotiate("TEXT/CSV; header=present ; Q=1"), Format::kCsv);
}

TEST(Negotiate, GivesNothingWhenNothingFits) {
  EXPECT_EQ(Negotiate("image/png"), std::nullopt);
  EXPECT_EQ(Negotiate("application/json;q=0"), std::nullopt);
  EXPECT_EQ(Negotiate("application/json;q=high"), std::nullopt);
}

TEST(ParseFormat, NamesWhatThereIs) {
  EXPECT_EQ(ParseFormat("arrow").value(), Format::kArrow);
  const auto wrong = ParseFormat("xml");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "no format xml; there are json, ndjson, csv, arrow, parquet");
}

}  // namespace
}  // namespace neuralake::serve
