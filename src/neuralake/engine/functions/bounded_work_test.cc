#include "neuralake/engine/functions/bounded_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/engine/engine_testing.h"
#include "neuralake/engine/functions/work_rules.h"

namespace neuralake::engine {
namespace {

using testing::HasSubstr;

class BoundedWorkTest : public testing::Test {
 protected:
  /// Ask with a second of time; how long it took with what came of it.
  std::pair<std::chrono::milliseconds, Result<std::vector<std::string>>> Timed(
      const std::string& sql) {
    const auto begin = std::chrono::steady_clock::now();
    auto rows = [&] -> Result<std::vector<std::string>> {
      const auto stream = TRY(engine_.Start(sql, Deadline::After(std::chrono::milliseconds(300))));
      std::vector<std::string> texts;
      while (const auto batch = TRY(stream->Next())) {
        texts.push_back((*batch->column(0)->GetScalar(0))->ToString());
      }
      return texts;
    }();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                  begin),
            std::move(rows)};
  }

  TestTable table_{"id long, text string"};
  TestEngine engine_{{{"t", &table_}}};
};

// Texts of 2 MB and of 500 kB, lists of 3 million numbers, and 300,000 pairs.
constexpr const char* kText =
    "(SELECT string_agg('aaaaaaaaaa', '') AS h FROM range(200000)) a, "
    "(SELECT string_agg('aaaaaaaaaa', '') || 'b' AS n FROM range(50000)) b";
constexpr const char* kList =
    "(SELECT list(range) AS l, list(3000000 - range) AS r "
    "FROM range(3000000)) a";

TEST_F(BoundedWorkTest, AFunctionThatNothingCouldStopRefusesLongValues) {
  const std::vector<std::pair<const char*, const char*>> calls = {
      {"contains(h, n)", kText},
      {"position(n IN h)", kText},
      {"instr(h, n)", kText},
      {"strpos(h, n)", kText},
      {"replace(h, n, 'x')", kText},
      {"replace(h, 'a', n)", kText},
      {"string_split(h, n)", kText},
      {"str_split(h, n)", kText},
      {"split(h, n)", kText},
      {"string_to_array(h, n)", kText},
      {"split_part(h, n, 2)", kText},
      {"list_has_any(l, r)", kList},
      {"l && r", kList},
      {"list_has_all(l, r)", kList},
      {"array_has_all(l, r)", kList},
      {"l @> r", kList},
      {"l <@ r", kList},
      {"len(list_intersect(l, r))", kList},
      {"len(list_distinct(l))", kList},
      {"list_unique(l)", kList},
      {"map(l, r)", kList},
      {"list_histogram(l)", kList},
      {"list_aggregate(l, 'mode')", kList},
      {"cardinality(map_from_entries(list_zip(l, r)))", kList},
      {"json_contains(to_json(l), to_json(r))", kList},
  };
  for (const auto& [call, source] : calls) {
    const auto [time, rows] = Timed(std::string("SELECT ") + call + " FROM " + source);
    ASSERT_FALSE(rows.has_value()) << call;
    EXPECT_TRUE(rows.error().kind == ErrorKind::kResourceExhausted ||
                rows.error().kind == ErrorKind::kDeadlineExceeded)
        << call << ": " << Describe(rows.error());
    EXPECT_LT(time.count(), 2'000) << call;
  }
}

TEST_F(BoundedWorkTest, ARefusalNamesTheFunctionAndWhatItWouldTake) {
  EXPECT_THAT(engine_.One(std::string("SELECT position(n IN h) FROM ") + kText),
              HasSubstr("position of values with 2500001 bytes and 0 elements could take 30.0 s"));
  EXPECT_THAT(engine_.One(std::string("SELECT replace(h, 'aa', n) FROM ") + kText),
              HasSubstr("replace could make a value of more than 268435456 bytes"));
}

TEST_F(BoundedWorkTest, ABatchOfLongValuesStopsInTime) {
  const std::string rows = std::string(kText) + ", range(2000) c";
  for (const char* call :
       {"contains(h, 'aaaaaaaaab' || c.range)", "length(replace(h, 'b' || c.range, 'c'))",
        "md5(h || c.range)", "list_unique(string_split(h || c.range, 'b'))"}) {
    const auto [time, answer] = Timed(std::string("SELECT count(") + call + ") FROM " + rows);
    ASSERT_FALSE(answer.has_value()) << call;
    EXPECT_LT(time.count(), 2'000) << call;
  }
}

TEST_F(BoundedWorkTest, ABatchInPiecesHasTheAnswersOfOneInAWhole) {
  // Some 40 ms a row by the rule, so that pieces have few rows.
  const std::string lists =
      "(SELECT list(range) AS l FROM range(10000)) a, range(300) b WHERE b.range % 7 <> 0";
  EXPECT_EQ(
      engine_.One("SELECT sum(len(list_intersect(l, [b.range, b.range + 9900]))) FROM " + lists),
      engine_.One("SELECT sum(1 + (b.range < 100)::INT) FROM range(300) b "
                  "WHERE b.range % 7 <> 0"));
  EXPECT_EQ(engine_.One("SELECT sum(list_unique(list_append(l, b.range + 9900))) FROM " + lists),
            engine_.One("SELECT sum(10000 + (b.range >= 100)::INT) FROM range(300) b "
                        "WHERE b.range % 7 <> 0"));
  EXPECT_EQ(
      engine_.One("SELECT sum(len(list_distinct(CASE WHEN b.range % 2 = 0 THEN l END))) FROM " +
                  lists),
      "1280000");
  const std::string texts = "(SELECT string_agg('a', '') AS h FROM range(100000)) a, range(300) b";
  EXPECT_EQ(
      engine_.One("SELECT sum(position('b' || b.range IN h || 'b' || b.range)) FROM " + texts),
      std::to_string(100'001 * 300));
  EXPECT_EQ(engine_.One("SELECT sum(len(string_split(h || b.range, 'a'))) FROM " + texts),
            std::to_string(100'001 * 300));
}

TEST_F(BoundedWorkTest, AnAsofJoinHasNoConditionThatTriesAllRows) {
  const std::string join =
      "SELECT count(*) FROM range(300000) a(t) ASOF JOIN "
      "(SELECT range AS t, range AS x FROM range(300000)) b ON a.t >= b.t";
  const auto [time, rows] = Timed(join + " AND a.t + b.x < 0");
  ASSERT_FALSE(rows.has_value());
  EXPECT_EQ(rows.error().kind, ErrorKind::kUnsupported) << rows.error().message;
  EXPECT_LT(time.count(), 2'000);
  EXPECT_EQ(engine_.One(join), "300000");
  EXPECT_EQ(engine_.One(join + " WHERE a.t + b.x < 10"), "5");
  EXPECT_EQ(engine_.One(join + " AND b.x < 10"), "300000");
}

TEST_F(BoundedWorkTest, ValuesThatAreTheSameInAllRowsAreWorkedOnOnce) {
  EXPECT_EQ(engine_.One("SELECT count(*) FROM range(100000) b, (SELECT list(range) AS l FROM "
                        "range(100000)) a WHERE list_unique(l) = 100000"),
            "100000");
}

TEST_F(BoundedWorkTest, CommonUsesStayWithinTheBounds) {
  const std::string text =
      "(SELECT string_agg('line ' || range, chr(10)) AS v FROM range(1000000))";
  EXPECT_EQ(engine_.One("SELECT contains(v, 'line 999999') FROM " + text), "true");
  EXPECT_EQ(engine_.One("SELECT len(string_split(v, chr(10))) FROM " + text), "1000000");
  EXPECT_EQ(engine_.One("SELECT length(replace(v, chr(10), ', ')) - length(v) FROM " + text),
            "999999");
  EXPECT_EQ(engine_.One("SELECT list_unique(list(range % 1000)) FROM range(400000)"), "1000");
  EXPECT_EQ(engine_.One("SELECT list_sum(list(range)) FROM range(1000000)"), "499999500000");
  EXPECT_EQ(engine_.One("SELECT position('b' IN 'ab') + instr('ab', 'b') + strpos(NULL, 'a')"),
            "null");
}

TEST(WorkRules, AreFoundByTheirNames) {
  for (const char* name : {"&&", "contains", "strpos", "substring_grapheme", "list_where", "map"}) {
    EXPECT_TRUE(WorkRuleOf(name).refuses) << name;
  }
  EXPECT_FALSE(WorkRuleOf("lower").refuses);
}

}  // namespace
}  // namespace neuralake::engine
