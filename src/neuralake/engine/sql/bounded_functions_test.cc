#include "neuralake/engine/sql/bounded_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/engine/engine_testing.h"

namespace neuralake::engine {
namespace {

using testing::HasSubstr;

TEST(PatternStates, CountsWhatARepeatMakesOfAPart) {
  EXPECT_EQ(PatternStates(""), 1);
  EXPECT_EQ(PatternStates("abc"), 3);
  EXPECT_EQ(PatternStates("a[b-z]\\d"), 3);
  EXPECT_EQ(PatternStates("[]x{9}]a"), 2);
  EXPECT_EQ(PatternStates(".{200}z"), 201);
  EXPECT_EQ(PatternStates("(ab){3,10}c"), 21);
  EXPECT_EQ(PatternStates("((a{10}){10}b){10}"), 1010);
  EXPECT_EQ(PatternStates("(a{10"), 10);
  EXPECT_EQ(PatternStates("a{,5}"), 5);
  EXPECT_EQ(PatternStates("\\"), 1);
  EXPECT_EQ(PatternStates("a{99999999999999999999}"), 1);
  EXPECT_EQ(PatternStates("((((a{1000}){1000}){1000}){1000}){1000}"), 1'000'000);
}

/// One value of a megabyte, and 100,000 short ones.
class BoundedFunctionsTest : public testing::Test {
 protected:
  BoundedFunctionsTest() : table_("id long, text string") {
    arrow::Int64Builder ids;
    arrow::StringBuilder texts;
    for (std::int64_t id = 0; id < kRows; ++id) {
      EXPECT_TRUE(ids.Append(id).ok());
      EXPECT_TRUE(texts.Append("row " + std::to_string(id * 7919 % kRows)).ok());
    }
    table_.Append({{"id", *ids.Finish()}, {"text", *texts.Finish()}});
  }

  static constexpr std::int64_t kRows = 100'000;
  TestTable table_;
  TestEngine engine_{{{"t", &table_}}};
};

constexpr const char* kLong = "(SELECT string_agg(text, '') AS v FROM lake.t)";  // 900 kB

TEST_F(BoundedFunctionsTest, AValueThatNothingCouldStopIsRefused) {
  for (const char* call :
       {"regexp_matches(v, '[0-7].{200}[0-7].{300}z')", "regexp_full_match(v, '.*[0-7].{500}z')",
        "regexp_extract(v, '([0-7].{500}z)', 1)", "v SIMILAR TO '%[0-7].{500}z'"}) {
    const auto rows = engine_.Ask(std::string("SELECT ") + call + " FROM " + kLong);
    ASSERT_FALSE(rows.has_value()) << call;
    EXPECT_EQ(rows.error().kind, ErrorKind::kResourceExhausted);
    EXPECT_THAT(rows.error().message, HasSubstr("with this pattern takes values of at most"));
  }
}

TEST_F(BoundedFunctionsTest, AValueLeavesTimeToEndTheStatementAfterIt) {
  const auto matches = [](const char* bytes) {
    return std::string("SELECT regexp_matches(v[1:") + bytes +
           "], '[0-7].{200}[0-7].{300}z') FROM " + kLong;
  };
  EXPECT_EQ(engine_.One(matches("59000")), "false");
  EXPECT_THAT(engine_.One(matches("61000")), HasSubstr("takes values of at most 59"));
}

TEST_F(BoundedFunctionsTest, ALongNameOfATimeZoneIsRefused) {
  for (const char* call :
       {"timezone(v, TIMESTAMP '2020-01-01')", "TIMESTAMP '2020-01-01' AT TIME ZONE v",
        "make_timestamptz(2020, 1, 1, 1, 1, 1, v)",
        "time_bucket(INTERVAL 1 day, TIMESTAMPTZ '2020-01-01', v)"}) {
    const auto rows = engine_.Ask(std::string("SELECT ") + call + " FROM " + kLong);
    ASSERT_FALSE(rows.has_value()) << call;
    EXPECT_EQ(rows.error().kind, ErrorKind::kResourceExhausted) << rows.error().message;
  }
  EXPECT_EQ(engine_.One("SELECT count(timezone('Europe/Paris', TIMESTAMP '2020-01-01')) "
                        "FROM lake.t"),
            "100000");
}

TEST_F(BoundedFunctionsTest, SimplePatternsTakeLongValuesAndShortValuesAnyPattern) {
  EXPECT_EQ(engine_.One(std::string("SELECT regexp_matches(v, '9+8row') FROM ") + kLong), "true");
  EXPECT_EQ(engine_.One("SELECT count(*) FROM lake.t WHERE regexp_matches(text, '^r.{2} .{1,5}$')"),
            "100000");
  EXPECT_EQ(engine_.One("SELECT count(*) FROM lake.t WHERE regexp_matches(text, NULL)"), "0");
}

TEST_F(BoundedFunctionsTest, ABatchInPiecesHasTheAnswersOfOneInAWhole) {
  // 2,048 values of 11 kB by a pattern of 82 states: some 9 s at worst, so in pieces.
  const std::string long_texts =
      "(SELECT id, text || '" + std::string(11'000, 'x') + "' AS v FROM lake.t WHERE id < 3000)";
  EXPECT_EQ(engine_.One("SELECT count(*) FROM " + long_texts +
                        " WHERE regexp_matches(v, '^row [0-9]*7x{80}')"),
            engine_.One("SELECT count(*) FROM lake.t WHERE id < 3000 AND text LIKE '%7'"));
  EXPECT_EQ(
      engine_.One("SELECT sum(regexp_extract(v, '([0-9]+)x{80}', 1)::BIGINT) FROM " + long_texts),
      engine_.One("SELECT sum(substr(text, 5)::BIGINT) FROM lake.t WHERE id < 3000"));
}

}  // namespace
}  // namespace neuralake::engine
