#include "neuralake/serve/pgwire/catalog_sql.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

query::Piece Piece(std::string_view sql) { return query::SplitStatements(sql).value().at(0); }
bool Asks(std::string_view sql) { return AsksCatalog(Piece(sql)); }
std::string Rewritten(std::string_view sql) {
  const auto result = RewriteForCatalog(Piece(sql));
  return result ? *result : result.error().message;
}

TEST(AsksCatalog, TellsToolsFromPeople) {
  EXPECT_TRUE(Asks("SELECT * FROM pg_catalog.pg_class"));
  EXPECT_TRUE(Asks("SELECT * FROM pg_class c, pg_namespace n"));
  EXPECT_TRUE(Asks("SELECT 1 FROM information_schema.tables"));
  EXPECT_TRUE(Asks("SELECT pg_catalog.version()"));
  EXPECT_TRUE(Asks("SELECT version()"));
  EXPECT_TRUE(Asks("select current_schema()"));
  EXPECT_TRUE(Asks("SELECT current_user"));
  EXPECT_TRUE(Asks("SELECT 'aviation.flights'::regclass::oid"));
  EXPECT_FALSE(Asks("SELECT * FROM aviation.flights"));
  EXPECT_FALSE(Asks("SELECT 'pg_catalog.pg_class' FROM aviation.flights"));
  EXPECT_FALSE(Asks("SELECT version FROM aviation.releases"));
  EXPECT_FALSE(Asks("SELECT pg_size FROM mine.pg_class"));
  EXPECT_FALSE(Asks("SELECT 1"));
}

TEST(RewriteForCatalog, DropsWhatDuckDbDoesNotSpell) {
  EXPECT_EQ(Rewritten("SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relname "
                      "OPERATOR(pg_catalog.~) '^(a)$' COLLATE pg_catalog.default"),
            "SELECT c . relname FROM pg_class c WHERE c . relname ~ '^(a)$'");
  EXPECT_EQ(Rewritten("SELECT a COLLATE \"C\" FROM pg_class"), "SELECT a FROM pg_class");
  EXPECT_EQ(Rewritten("SELECT x !~* 'y' FROM information_schema.tables"),
            "SELECT x !~ 'y' FROM \"information_schema.tables\"");
  EXPECT_EQ(Rewritten("SELECT pg_catalog.pg_get_userbyid(c.relowner)"),
            "SELECT pg_get_userbyid ( c . relowner )");
}

TEST(RewriteForCatalog, TurnsRegisteredTypesIntoFunctions) {
  EXPECT_EQ(Rewritten("SELECT 'a.b'::pg_catalog.regclass"), "SELECT regclass_in('a.b')");
  EXPECT_EQ(Rewritten("SELECT c.oid::pg_catalog.regclass::pg_catalog.text"),
            "SELECT regclass_out(c . oid) :: text");
  EXPECT_EQ(Rewritten("SELECT f(a, (b))::regtype, $1::regclass"),
            "SELECT regtype_out(f ( a , ( b ) )) , regclass_in($1)");
  EXPECT_EQ(Rewritten("WHERE (a)::regproc"), "WHERE regproc_out(( a ))");
  EXPECT_EQ(Rewritten("x::\"char\", y::pg_catalog.name, z::oid"),
            "x :: VARCHAR , y :: VARCHAR , z :: BIGINT");
  EXPECT_EQ(Rewritten("::regclass"), "a cast to regclass has nothing before it");
}

TEST(RewriteForCatalog, NamesTheColumnOfASeriesAsItsRelation) {
  EXPECT_EQ(Rewritten("SELECT k[s] FROM pg_catalog.generate_series(0, f(1)) s, t"),
            "SELECT k [ s ] FROM generate_series ( 0 , f ( 1 ) ) s (s) , t");
  EXPECT_EQ(Rewritten("SELECT generate_series(0, 1) s FROM unnest(k) AS u(v) WHERE true"),
            "SELECT generate_series ( 0 , 1 ) s FROM unnest ( k ) AS u ( v ) WHERE true");
}

TEST(RewriteForCatalog, LeavesTextsAlone) {
  EXPECT_EQ(Rewritten("SELECT 'OPERATOR(pg_catalog.~) x::regclass', \"pg_catalog\""),
            "SELECT 'OPERATOR(pg_catalog.~) x::regclass' , \"pg_catalog\"");
}

TEST(RewriteForCatalog, CallsFunctionsThatSqlWritesWithoutParentheses) {
  EXPECT_EQ(Rewritten("SELECT current_user, current_schema(), current_catalog"),
            "SELECT current_user() , current_schema ( ) , current_catalog()");
}

}  // namespace
}  // namespace neuralake::serve
