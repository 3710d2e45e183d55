#include "neuralake/engine/sql/time_travel.h"

#include <gtest/gtest.h>

namespace neuralake::engine {
namespace {

TEST(TimeTravel, LeavesOtherStatementsAlone) {
  for (const char* sql : {
           "SELECT version AS of FROM t",
           "SELECT 'x VERSION AS OF 3'",
           "SELECT a::TIMESTAMP AS of FROM t",
           "SELECT 1 -- VERSION AS OF 3",
           "SELECT \"VERSION AS OF 3\" FROM t",
           "SELECT * FROM t AT (VERSION => 3)",
           "SELECT 'unterminated VERSION AS OF 3",
       }) {
    EXPECT_EQ(RewriteTimeTravel(sql).sql, sql);
  }
}

TEST(TimeTravel, BecomesAnAtClause) {
  EXPECT_EQ(RewriteTimeTravel("SELECT * FROM t VERSION AS OF 3 WHERE a").sql,
            "SELECT * FROM t AT (version => 3) WHERE a");
  EXPECT_EQ(RewriteTimeTravel("SELECT * FROM t TIMESTAMP AS OF '2020-01-01'").sql,
            "SELECT * FROM t AT (timestamp => '2020-01-01')");
  EXPECT_EQ(RewriteTimeTravel("SELECT * FROM t version as of $1").sql,
            "SELECT * FROM t AT (version => $1)");
}

TEST(TimeTravel, StandsBehindTheAlias) {
  EXPECT_EQ(
      RewriteTimeTravel("FROM t VERSION AS OF 3 b JOIN t VERSION AS OF 4 AS c ON b.i=c.i").sql,
      "FROM t b AT (version => 3) JOIN t AS c AT (version => 4) ON b.i=c.i");
}

TEST(TimeTravel, PutsTheAliasOfAnAtClauseWhereItIsUnderstood) {
  EXPECT_EQ(RewriteTimeTravel("FROM t AT (VERSION => (1 + 2)) b WHERE b.x").sql,
            "FROM t b AT (VERSION => (1 + 2)) WHERE b.x");
}

TEST(TimeTravel, KnowsWhereEachPartStood) {
  const std::string sql = "SELECT * FROM t VERSION AS OF 3 AS b WHERE wrong";
  const auto rewritten = RewriteTimeTravel(sql);
  const auto at = rewritten.sql.find("wrong");
  EXPECT_EQ(rewritten.Original(at), sql.find("wrong"));
  EXPECT_EQ(rewritten.Original(rewritten.sql.find("3)")), sql.find("3"));
  EXPECT_EQ(rewritten.Original(0), 0);
}

}  // namespace
}  // namespace neuralake::engine
