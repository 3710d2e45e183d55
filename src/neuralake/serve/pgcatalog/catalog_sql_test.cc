#include "neuralake/serve/pgcatalog/catalog_sql.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

query::Piece Piece(std::string_view sql) { return query::SplitStatements(sql).value().at(0); }
bool Asks(std::string_view sql) { return AsksCatalog(Piece(sql)); }
std::string Rewritten(std::string_view sql) {
  const auto result = RewriteForCatalog(Piece(sql), 1);
  return result ? result->text.sql() : result.error().message;
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

TEST(AsksCatalog, TakesNoColumnForARelation) {
  EXPECT_FALSE(Asks("SELECT id, pg_up FROM lake.metrics"));
  EXPECT_FALSE(Asks("SELECT id FROM lake.metrics GROUP BY id, pg_up ORDER BY id, pg_up"));
  EXPECT_FALSE(Asks("SELECT greatest(1, pg_up) FROM lake.metrics m, lake.others o"));
  EXPECT_FALSE(Asks("SELECT 1 FROM generate_series(1, pg_up), lake.metrics"));
  EXPECT_FALSE(Asks("SELECT extract(hour FROM pg_at) FROM lake.metrics"));
  EXPECT_FALSE(Asks("SELECT id IS DISTINCT FROM pg_up FROM lake.metrics"));
  EXPECT_FALSE(Asks("SELECT (SELECT 1 FROM lake.a), pg_up FROM lake.metrics"));
  EXPECT_FALSE(Asks("INSERT INTO lake.metrics (id, pg_up) VALUES (1, 2), (3, 4)"));
  EXPECT_TRUE(Asks("SELECT a, b FROM lake.metrics m JOIN x ON true, pg_class WHERE a = b"));
  EXPECT_TRUE(Asks("SELECT 1 FROM a JOIN b USING (id), pg_class"));
  EXPECT_TRUE(Asks("SELECT 1 FROM a JOIN b ON a.x IS DISTINCT FROM b.x, pg_class"));
  EXPECT_TRUE(Asks("SELECT 1 FROM generate_series(1, 2) s, pg_class"));
  EXPECT_TRUE(Asks("SELECT id, (SELECT max(oid) FROM a, pg_class) FROM lake.metrics"));
  EXPECT_TRUE(Asks("SELECT 1 UNION ALL SELECT a, b FROM pg_class"));
  EXPECT_TRUE(Asks("SELECT 1 FROM (FROM pg_class)"));
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

TEST(RewriteForCatalog, KnowsWhereItsWordsStood) {
  const auto stood = [](std::string_view sent, std::string_view word) {
    const auto pieces = query::SplitStatements(sent).value();
    const RewrittenText text = RewriteForCatalog(pieces.back(), 0).value().text;
    const auto position = static_cast<std::int64_t>(text.sql().find(word));
    return sent.substr(static_cast<std::size_t>(text.Original(position)));
  };
  EXPECT_EQ(stood("SELECT 1; SELECT x   FROM pg_catalog.pg_class, nope", "nope"), "nope");
  EXPECT_EQ(stood("SELECT c.oid::regclass, nope FROM pg_class c", "nope"), "nope FROM pg_class c");
  EXPECT_EQ(stood("SELECT c.oid::regclass FROM pg_class c", "oid"),
            "c.oid::regclass FROM pg_class c");
  EXPECT_EQ(stood("SELECT a OPERATOR(pg_catalog.~*) b", "~"), "~*) b");
}

TEST(RewriteForCatalog, LeavesTextsAlone) {
  EXPECT_EQ(Rewritten("SELECT 'OPERATOR(pg_catalog.~) x::regclass', \"pg_catalog\""),
            "SELECT 'OPERATOR(pg_catalog.~) x::regclass' , \"pg_catalog\"");
}

TEST(RewriteForCatalog, GivesTheSettingsToWhoAsksForOne) {
  const std::string sql = "SELECT pg_catalog.current_setting('jit'), current_setting, $1";
  EXPECT_EQ(Rewritten(sql), "SELECT current_setting ( $2, $3, 'jit' ) , current_setting , $1");
  EXPECT_TRUE(RewriteForCatalog(Piece(sql), 1)->asks_settings);
  EXPECT_FALSE(RewriteForCatalog(Piece("SELECT current_setting"), 1)->asks_settings);
}

TEST(RewriteForCatalog, CallsFunctionsThatSqlWritesWithoutParentheses) {
  EXPECT_EQ(Rewritten("SELECT current_user, current_schema(), current_catalog"),
            "SELECT current_user() , current_schema ( ) , current_catalog()");
}

}  // namespace
}  // namespace neuralake::serve
