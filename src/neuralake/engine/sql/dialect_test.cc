#include "neuralake/engine/sql/dialect.h"

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
    EXPECT_EQ(RewriteDialect(sql).sql, sql);
  }
}

TEST(TimeTravel, BecomesAnAtClause) {
  EXPECT_EQ(RewriteDialect("SELECT * FROM t VERSION AS OF 3 WHERE a").sql,
            "SELECT * FROM t AT (version => 3) WHERE a");
  EXPECT_EQ(RewriteDialect("SELECT * FROM t TIMESTAMP AS OF '2020-01-01'").sql,
            "SELECT * FROM t AT (timestamp => '2020-01-01')");
  EXPECT_EQ(RewriteDialect("SELECT * FROM t version as of $1").sql,
            "SELECT * FROM t AT (version => $1)");
  EXPECT_EQ(RewriteDialect("SELECT * FROM t VERSION AS OF -1 b").sql,
            "SELECT * FROM t b AT (version => -1)");
}

TEST(TimeTravel, StandsBehindTheAlias) {
  EXPECT_EQ(RewriteDialect("FROM t VERSION AS OF 3 b JOIN t VERSION AS OF 4 AS c ON b.i=c.i").sql,
            "FROM t b AT (version => 3) JOIN t AS c AT (version => 4) ON b.i=c.i");
}

TEST(TimeTravel, PutsTheAliasOfAnAtClauseWhereItIsUnderstood) {
  EXPECT_EQ(RewriteDialect("FROM t AT (VERSION => (1 + 2)) b WHERE b.x").sql,
            "FROM t b AT (VERSION => (1 + 2)) WHERE b.x");
}

TEST(TimeTravel, KnowsWhereEachPartStood) {
  const std::string sql = "SELECT * FROM t VERSION AS OF 3 AS b WHERE wrong";
  const auto rewritten = RewriteDialect(sql);
  const auto at = rewritten.sql.find("wrong");
  EXPECT_EQ(rewritten.Original(at), sql.find("wrong"));
  EXPECT_EQ(rewritten.Original(rewritten.sql.find("3)")), sql.find('3'));
  EXPECT_EQ(rewritten.Original(0), 0);
}

TEST(ShowTables, ListsTheTablesOfAllDatabases) {
  const std::string listing =
      "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables "
      "WHERE table_catalog = 'neuralake' ORDER BY name";
  EXPECT_EQ(RewriteDialect("show  Tables").sql, listing);
  EXPECT_EQ(RewriteDialect("SHOW TABLES;").sql, listing + ";");
  EXPECT_EQ(RewriteDialect("FROM (SHOW TABLES) WHERE x").sql, "FROM (" + listing + ") WHERE x");
  EXPECT_EQ(RewriteDialect("SHOW DATABASES").sql,
            "SELECT schema_name AS database_name FROM information_schema.schemata "
            "WHERE catalog_name = 'neuralake' ORDER BY database_name");
  for (const char* sql : {"SHOW TABLES FROM aviation", "SHOW ALL TABLES", "SELECT 'SHOW TABLES'",
                          "SELECT t.show tables FROM t", "DESCRIBE tables"}) {
    EXPECT_EQ(RewriteDialect(sql).sql, sql);
  }
}

}  // namespace
}  // namespace neuralake::engine
