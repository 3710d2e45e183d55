#include "neuralake/engine/sql/wildcards.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "neuralake/engine/duck.h"
#include "neuralake/engine/engine_testing.h"

namespace neuralake::engine {
namespace {

TEST(Wildcards, LongestPartIsBetweenTwoWildcards) {
  EXPECT_EQ(LongestPart("", '%'), 1);
  EXPECT_EQ(LongestPart("%%", '%'), 1);
  EXPECT_EQ(LongestPart("abc%de", '%'), 3);
  EXPECT_EQ(LongestPart("%a%bcde", '%'), 4);
}

TEST(Wildcards, APatternThatEndsWithItsEscapeHasNoAnswer) {
  EXPECT_EQ(MatchesLike("ab", "a\\", '\\'), std::nullopt);
  EXPECT_EQ(MatchesLike("ab", "b\\", '\\'), false) << "it differs before";
}

/// Texts over few letters, so that most patterns nearly match.
class Texts {
 public:
  std::string Make(const std::vector<std::string>& letters, int length_max) {
    std::string text;
    const int length = std::uniform_int_distribution<int>(0, length_max)(random_);
    std::uniform_int_distribution<std::size_t> letter(0, letters.size() - 1);
    for (int i = 0; i < length; ++i) text += letters[letter(random_)];
    return text;
  }

 private:
  std::mt19937 random_{7};
};

/// An engine's answers are those of DuckDB as it comes.
class WildcardsTest : public testing::Test {
 protected:
  static constexpr int kPairs = 20'000;

  void Compare(const std::string& condition, const std::vector<std::string>& value,
               const std::vector<std::string>& pattern) {
    Texts texts;
    std::string pairs;
    for (int i = 0; i < kPairs; ++i) {
      pairs += (i == 0 ? "(" : ", (") + std::to_string(i) + ", '" + texts.Make(value, 8) + "', '" +
               texts.Make(pattern, 7) + "')";
    }
    const std::string sql = "SELECT string_agg((" + condition +
                            ")::INT::VARCHAR, '' ORDER BY i) FROM (VALUES " + pairs +
                            ") AS pairs(i, v, p)";
    const auto theirs = duck_.Query(sql);
    ASSERT_FALSE(theirs->HasError()) << theirs->GetError();
    const std::string wanted = theirs->GetValue(0, 0).ToString();
    EXPECT_GT(std::ranges::count(wanted, '1'), kPairs / 100) << condition;
    EXPECT_EQ(engine_.One(sql), wanted) << condition;
  }

  duckdb::DuckDB database_{nullptr};
  duckdb::Connection duck_{database_};
  TestEngine engine_{std::map<std::string, const TestTable*>{}};
};

TEST_F(WildcardsTest, LikeAnswersAsDuckDbDoes) {
  const std::vector<std::string> letters = {"a", "b", "A", "ä", "Ä"};
  const std::vector<std::string> parts = {"a", "b", "ä", "%", "%", "_"};
  Compare("v LIKE p", letters, parts);
  Compare("v NOT LIKE p", letters, parts);
  Compare("v ILIKE p", letters, parts);
  Compare("v NOT ILIKE p", letters, parts);
}

TEST_F(WildcardsTest, EscapesAnswerAsInDuckDb) {
  const std::vector<std::string> letters = {"a", "%", "_", "x"};
  const std::vector<std::string> parts = {"a", "%", "_", "xx", "x%", "x_", "xa"};
  Compare("v LIKE p ESCAPE 'x'", letters, parts);
  Compare("v NOT ILIKE p ESCAPE 'x'", letters, parts);
  Compare("v LIKE p ESCAPE ''", letters, parts);
}

TEST_F(WildcardsTest, GlobAnswersAsInDuckDb) {
  Compare("v GLOB p", {"a", "b", "c", "]", "*", "-"},
          {"a", "b", "*", "*", "?", "[ab]", "[!a]", "[a-b]", "[", "]", "\\*", "\\", "[]a]", "[a"});
}

TEST_F(WildcardsTest, AKnownPatternAnswersAsAnUnknownOne) {
  EXPECT_EQ(
      engine_.One("SELECT 'abc' LIKE 'a_c', 'abc' LIKE '%b%', 'ABC' ILIKE 'a%', NULL LIKE 'a', "
                  "'a%' LIKE 'a!%' ESCAPE '!', 'a' GLOB '[a-c]'"),
      "true true true null true true");
}

TEST_F(WildcardsTest, WhatTookDuckDbAPowerOfTheLengthIsDoneAtOnce) {
  // DuckDB goes through some 10^19 positions for it.
  EXPECT_EQ(
      engine_.One("SELECT count(*) FROM (SELECT string_agg('ab', '') AS v FROM range(50000)) "
                  "WHERE v LIKE '%_a%_b%_a%_z' OR v ILIKE '%a%b%a%_z' OR v GLOB '*?a*?b*?a*?z'"),
      "0");
}

TEST_F(WildcardsTest, AValueThatNothingCouldStopIsRefused) {
  const auto rows = engine_.Ask(
      "SELECT v LIKE '%' || v || '_' FROM "
      "(SELECT string_agg('abcdefghij', '') AS v FROM range(5000))");
  ASSERT_FALSE(rows.has_value());
  EXPECT_EQ(rows.error().kind, ErrorKind::kResourceExhausted) << rows.error().message;
}

}  // namespace
}  // namespace neuralake::engine
