#include "neuralake/engine/sql/admission.h"

#include <gtest/gtest.h>

namespace neuralake::engine {
namespace {

catalog::CatalogModel Model() {
  catalog::CatalogModel model;
  catalog::DatabaseModel aviation;
  aviation.name = "aviation";
  catalog::TableModel flights;
  flights.name = "flights";
  aviation.tables.push_back(flights);
  model.databases.push_back(aviation);
  return model;
}

Result<Admitted> Ask(const std::string& sql, Grants grants = {}) {
  return Admit(sql, grants, Model(), duckdb::ParserOptions());
}

ErrorKind KindOf(const std::string& sql, Grants grants = {}) {
  const auto admitted = Ask(sql, grants);
  return admitted.has_value() ? ErrorKind::kInternal : admitted.error().kind;
}

TEST(Admission, LetsQuestionsAboutTheTablesPass) {
  for (const char* sql : {
           "SELECT * FROM aviation.flights",
           "FROM neuralake.aviation.flights SELECT count(*) WHERE a > 1 GROUP BY b HAVING c",
           "select * from AVIATION.Flights at (version => 3) b",
           "SELECT * FROM aviation.flights VERSION AS OF 3 b",
           "VALUES (1, 'a'), (2, 'b')",
           "WITH x AS (SELECT 1), y AS (FROM x) SELECT * FROM y, x",
           "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
           "SELECT * FROM range(10), generate_series(1, 3), unnest([1, 2])",
           "EXPLAIN SELECT 1",
           "EXPLAIN ANALYZE SELECT * FROM aviation.flights",
           "DESCRIBE aviation.flights",
           "SUMMARIZE aviation.flights",
           "SHOW TABLES",
           "SHOW ALL TABLES",
           "SHOW TABLES FROM aviation",
           "FROM (SHOW TABLES) WHERE name LIKE 'a%'",
           "SELECT sum(x) OVER (PARTITION BY y ORDER BY z) FROM aviation.flights",
           "SELECT * FROM information_schema.tables",
           "SELECT * FROM pg_catalog.pg_class",
           "SELECT (SELECT max(a) FROM aviation.flights), CASE WHEN a THEN b ELSE c END, a::INT",
           "SELECT * EXCLUDE (a) REPLACE (b + 1 AS b) FROM aviation.flights",
           "SELECT j -> 'a' ->> 'b', extract(year FROM d), a LIKE 'x%', a IN (1, 2), -a, a || b",
           "PIVOT aviation.flights ON a IN (1, 2) USING sum(b)",
       }) {
    const auto admitted = Ask(sql);
    EXPECT_TRUE(admitted.has_value()) << sql << ": " << admitted.error().message;
  }
}

TEST(Admission, RefusesOtherKindsOfStatements) {
  for (const char* sql : {
           "COPY aviation.flights TO '/tmp/x'",
           "COPY (SELECT 1) TO '/tmp/x'",
           "ATTACH '/tmp/x'",
           "DETACH neuralake",
           "LOAD httpfs",
           "INSTALL httpfs",
           "SET threads = 1",
           "RESET threads",
           "PRAGMA database_size",
           "CALL duckdb_settings()",
           "CREATE TABLE t (a INT)",
           "CREATE VIEW v AS SELECT 1",
           "CREATE MACRO m() AS 1",
           "DROP TABLE aviation.flights",
           "ALTER TABLE aviation.flights ADD COLUMN x INT",
           "VACUUM",
           "CHECKPOINT",
           "BEGIN",
           "PREPARE p AS SELECT 1",
           "EXECUTE p",
           "EXPORT DATABASE '/tmp/x'",
           "USE neuralake",
           "EXPLAIN COPY (SELECT 1) TO '/tmp/x'",
       }) {
    EXPECT_EQ(KindOf(sql, {.read = true, .write = true}), ErrorKind::kPermissionDenied) << sql;
  }
}

TEST(Admission, NamesTheWordThatWasTypedAndWhereItStands) {
  const Grants all{.read = true, .write = true};
  const auto refusal = [&](const std::string& sql, const Grants& grants) {
    const auto admitted = Ask(sql, grants);
    if (admitted.has_value()) return std::string("allowed");
    return admitted.error().message + " @" + std::to_string(admitted.error().position);
  };
  EXPECT_EQ(refusal("INSTALL httpfs", all), "INSTALL is not allowed @0");
  EXPECT_EQ(refusal("  use neuralake", all), "USE is not allowed @2");
  EXPECT_EQ(refusal("/* é */ CHECKPOINT", all), "CHECKPOINT is not allowed @8");
  EXPECT_EQ(refusal("LOAD httpfs", all), "LOAD is not allowed @0");
  EXPECT_EQ(refusal("SET threads = 1", all), "SET is not allowed @0");
  EXPECT_EQ(refusal("PRAGMA database_size", all), "PRAGMA is not allowed @0");
  EXPECT_EQ(refusal("CREATE TABLE t (a INT)", all), "CREATE is not allowed @0");
  EXPECT_EQ(refusal("COMMIT", all), "COMMIT is not allowed @0");
  EXPECT_EQ(refusal("EXPLAIN (ANALYZE) COPY (SELECT 1) TO '/tmp/x'", all),
            "COPY is not allowed @18");
  EXPECT_EQ(refusal("EXPLAIN ANALYZE UPDATE aviation.flights SET a = 1", {}),
            "UPDATE is not allowed @16");
  EXPECT_EQ(refusal("DELETE FROM aviation.flights", {}), "DELETE is not allowed @0");
  EXPECT_EQ(refusal("MERGE INTO aviation.flights t USING aviation.flights s ON true "
                    "WHEN MATCHED THEN DELETE",
                    {}),
            "MERGE is not allowed @0");
  EXPECT_EQ(refusal("WITH x AS (SELECT 1) INSERT INTO aviation.flights FROM x", {}),
            "INSERT is not allowed @21");
  EXPECT_EQ(refusal("INSERT INTO aviation.flights VALUES (1)", {}), "INSERT is not allowed @0");
  EXPECT_EQ(refusal("INSERT INTO aviation.flights VALUES (1) ON CONFLICT DO NOTHING", all),
            "ON CONFLICT is not allowed @40");
}

TEST(Admission, LooksIntoEveryPartOfAChange) {
  const Grants all{.read = true, .write = true};
  for (const std::string part : {"read_csv('/etc/passwd')", "glob('*')"}) {
    const std::string any = "(SELECT count(*) FROM " + part + ")";
    for (const std::string& sql : {
             "DELETE FROM aviation.flights WHERE 1 = " + any,
             "DELETE FROM aviation.flights USING " + part,
             "WITH x AS " + any + " DELETE FROM aviation.flights USING x",
             "UPDATE aviation.flights SET a = " + any,
             "UPDATE aviation.flights SET a = 1 FROM " + part,
             "UPDATE aviation.flights SET a = 1 WHERE a = " + any,
             "MERGE INTO aviation.flights t USING " + part + " s ON true WHEN MATCHED THEN DELETE",
             "MERGE INTO aviation.flights t USING aviation.flights s ON t.a = " + any +
                 " WHEN MATCHED THEN DELETE",
             "MERGE INTO aviation.flights t USING aviation.flights s ON true WHEN MATCHED AND " +
                 any + " = 1 THEN DELETE",
             "MERGE INTO aviation.flights t USING aviation.flights s ON true WHEN MATCHED THEN "
             "UPDATE SET a = " +
                 any,
             "MERGE INTO aviation.flights t USING aviation.flights s ON true WHEN NOT MATCHED THEN "
             "INSERT VALUES (" +
                 any + ")",
         }) {
      EXPECT_EQ(KindOf(sql, all), ErrorKind::kPermissionDenied) << sql;
    }
  }
  EXPECT_EQ(KindOf("WITH flights AS (SELECT 1) DELETE FROM flights", all), ErrorKind::kNotFound);
}

TEST(Admission, SaysWhatANameThatIsNotThereMayHaveMeant) {
  const auto message = [](const std::string& sql) { return Ask(sql).error().message; };
  EXPECT_EQ(message("SELECT * FROM aviation.flihgts"),
            "no table aviation.flihgts; did you mean aviation.flights?");
  EXPECT_EQ(message("SELECT * FROM avation.flights"),
            "no table avation.flights; did you mean aviation.flights?");
  EXPECT_EQ(message("SELECT * FROM other.Flights"),
            "no table other.Flights; did you mean aviation.flights?");
  EXPECT_EQ(message("SELECT * FROM flight"), "no table flight; did you mean aviation.flights?");
  EXPECT_EQ(message("SELECT * FROM aviation.weather"), "no table aviation.weather");
  EXPECT_EQ(message("SHOW TABLES FROM avaition"), "no database avaition; did you mean aviation?");
  EXPECT_EQ(message("SELECT summ(1)"), "there is no function summ; did you mean sum?");
  EXPECT_EQ(message("SELECT repaet('x', 3)"), "there is no function repaet");
  EXPECT_EQ(message("SELECT * FROM no_such_thing_at_all(1)"),
            "there is no function no_such_thing_at_all");
}

TEST(Admission, RefusesFunctionsWhereverTheyHide) {
  for (const char* sql : {
           "SELECT * FROM read_csv('/etc/passwd')",
           "SELECT repeat('x', 1000000000)",
           "SELECT ('x').repeat(1000000000)",
           "SELECT 1 WHERE lpad('x', 3, 'y') = 'x'",
           "SELECT 1 GROUP BY lpad('x', 3, 'y')",
           "SELECT 1 HAVING lpad('x', 3, 'y') = 'x'",
           "SELECT 1 QUALIFY lpad('x', 3, 'y') = 'x'",
           "SELECT 1 ORDER BY lpad('x', 3, 'y')",
           "SELECT 1 LIMIT length(lpad('x', 3, 'y'))",
           "SELECT DISTINCT ON (lpad('x', 3, 'y')) 1",
           "WITH x AS (SELECT lpad('x', 3, 'y')) SELECT 1",
           "WITH x AS MATERIALIZED (SELECT lpad('x', 3, 'y')) SELECT 1",
           "SELECT (SELECT lpad('x', 3, 'y'))",
           "SELECT EXISTS (SELECT lpad('x', 3, 'y'))",
           "SELECT 1 IN (SELECT lpad('x', 3, 'y'))",
           "SELECT 1 UNION SELECT lpad('x', 3, 'y')",
           "SELECT * FROM (SELECT lpad('x', 3, 'y'))",
           "SELECT * FROM range(1) a JOIN range(1) b ON lpad('x', 3, 'y') = 'x'",
           "SELECT * FROM range(length(lpad('x', 3, 'y')))",
           "VALUES (lpad('x', 3, 'y'))",
           "SELECT sum(1) FILTER (WHERE lpad('x', 3, 'y') = 'x')",
           "SELECT string_agg('a', ',' ORDER BY lpad('x', 3, 'y'))",
           "SELECT sum(1) OVER (ORDER BY lpad('x', 3, 'y'))",
           "SELECT sum(1) OVER (PARTITION BY lpad('x', 3, 'y'))",
           "SELECT lag(1, 1, lpad('x', 3, 'y')) OVER ()",
           "SELECT CASE WHEN true THEN lpad('x', 3, 'y') END",
           "SELECT lpad('x', 3, 'y')::INT",
           "SELECT 1 BETWEEN 0 AND length(lpad('x', 3, 'y'))",
           "SELECT [lpad('x', 3, 'y')], {'a': 1}",
           "SELECT {'a': lpad('x', 3, 'y')}",
           "SELECT list_transform([1], lambda x: x + 1)",
           "SELECT [x + 1 FOR x IN [1, 2]]",
           "SELECT * REPLACE (lpad('x', 3, 'y') AS a) FROM aviation.flights",
           "SELECT lpad('x', 3, 'y') COLLATE nocase",
           "SELECT * FROM aviation.flights AT (VERSION => length(lpad('x', 3, 'y')))",
           "SELECT main.lpad('x', 3, 'y')",
           "SELECT pg_catalog.pg_sleep(10)",
           "SELECT * FROM query('SELECT 1')",
           "SELECT * FROM duckdb_settings()",
           "SELECT unnest(range(1000000000))",
           "DESCRIBE SELECT * FROM read_csv('/etc/passwd')",
           "SUMMARIZE SELECT * FROM read_csv('/etc/passwd')",
           "EXPLAIN SELECT * FROM read_csv('/etc/passwd')",
           "PIVOT aviation.flights ON a IN (1) USING string_agg(lpad('x', 3, 'y'))",
       }) {
    EXPECT_EQ(KindOf(sql), ErrorKind::kPermissionDenied) << sql;
  }
}

TEST(Admission, WeighsAFunctionThatIsNamedByAText) {
  for (const char* sql : {
           "SELECT list_aggregate([1], 'bitstring_agg', 0, 9)",
           "SELECT list_aggr([1], 'BITSTRING_AGG', 0, 9)",
           "SELECT array_aggregate([1], 'reservoir_quantile', 0.5, 9)",
           "SELECT array_aggr([1], E'reservoir_quantile', 0.5, 9)",
           "SELECT aggregate([1], $$reservoir_quantile$$, 0.5, 9)",
           "SELECT [1].list_aggregate('bitstring_agg', 0, 9)",
           "SELECT l.list_aggregate('bitstring_agg', 0, 9)",
           "SELECT t.l.list_aggregate('bitstring_agg', 0, 9)",
           "SELECT main.list_aggregate([1], 'bitstring_agg', 0, 9)",
           "SELECT main.list_aggregate([1], 'sum')",
           "SELECT list_aggregate([1], name := 'bitstring_agg')",
           "SELECT list_aggregate([1], 'bitstring' || '_agg', 0, 9)",
           "SELECT list_aggregate([1], 'bitstring_agg'::VARCHAR, 0, 9)",
           "SELECT list_aggregate([1], (SELECT 'sum'))",
           "SELECT list_aggregate([1], kind) FROM aviation.flights",
           "SELECT list_aggregate([1], $1)",
           "SELECT list_aggregate([1], NULL)",
           "SELECT list_aggregate([1], 'list_transform')",
           "SELECT list_max(list_aggregate([1], 'bitstring_agg', 0, 9))",
       }) {
    EXPECT_EQ(KindOf(sql), ErrorKind::kPermissionDenied) << sql;
  }
  EXPECT_EQ(KindOf("SELECT list_aggregate([1], 'no_such')"), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("SELECT list_aggregate([1])"), ErrorKind::kInvalid);
  for (const char* sql :
       {"SELECT list_aggregate([1], 'sum')", "SELECT [1].list_aggr('sum')",
        "SELECT l.array_aggr('quantile_cont', 0.5)", "SELECT t.l.aggregate('string_agg', ', ')"}) {
    const auto admitted = Ask(sql);
    EXPECT_TRUE(admitted.has_value()) << sql << ": " << admitted.error().message;
  }
}

TEST(Admission, FindsNoRelationBesideTheCatalog) {
  for (const char* sql : {
           "SELECT * FROM '/etc/passwd'",
           "SELECT * FROM 'x.parquet'",
           "SELECT * FROM \"s3://bucket/x.parquet\"",
           "SELECT * FROM flights",
           "SELECT * FROM aviation.planes",
           "SELECT * FROM other.aviation.flights",
           "SELECT * FROM memory.main.x",
           "SELECT * FROM system.information_schema.tables",
           "SELECT * FROM pg_catalog.pg_settings",
           "SELECT * FROM main.duckdb_databases",
           "SELECT * FROM duckdb_databases",
           "WITH x AS (SELECT 1) SELECT * FROM (SELECT 1) y, z",
           "SELECT * FROM \"aviation.flights\"",
           "SELECT * FROM aviation.\"flights.csv\"",
           "SELECT * FROM \"nlstore://1/0/a.csv\"",
           "SELECT * FROM 'nlstore:/1/0/../../a.parquet'",
           "SELECT * FROM aviation.\"../a.csv\"",
           "SELECT * FROM information_schema.duckdb_settings",
           "SELECT * FROM information_schema.\"a.csv\"",
           "SELECT * FROM range",
           "SELECT * FROM aviation.flights f, f",
           "SELECT * FROM aviation.flights f, LATERAL (SELECT * FROM f)",
           "SELECT * FROM range(3) POSITIONAL JOIN 'a.csv'",
           "PIVOT 'a.csv' ON a IN (1) USING sum(b)",
           "UNPIVOT 'a.csv' ON a, b",
           "TABLE 'a.csv'",
           "SELECT * REPLACE ((SELECT a FROM 'a.csv') AS a) FROM aviation.flights",
           "DESCRIBE other.t",
           "SUMMARIZE '/etc/passwd'",
       }) {
    EXPECT_EQ(KindOf(sql), ErrorKind::kNotFound) << sql;
  }
}

TEST(Admission, KeepsCommonTableExpressionsInTheirScope) {
  EXPECT_EQ(KindOf("SELECT * FROM (WITH x AS (SELECT 1) FROM x), x"), ErrorKind::kNotFound);
}

// DuckDB looks beyond such an expression, for a relation of its own or a file.
TEST(Admission, SeesACommonTableExpressionOnlyWhereItIsBound) {
  const Grants all{.read = true, .write = true};
  for (const char* sql : {
           "WITH x AS (FROM x) FROM x",
           "WITH x AS (FROM X) FROM x",
           "WITH x AS MATERIALIZED (FROM x) FROM x",
           "WITH x AS NOT MATERIALIZED (FROM x) FROM x",
           "WITH pg_settings AS (FROM pg_settings) FROM pg_settings",
           "WITH duckdb_databases AS (FROM duckdb_databases) FROM duckdb_databases",
           "WITH sqlite_master AS (TABLE sqlite_master) FROM sqlite_master",
           R"(WITH "a/../b.csv" AS (FROM "a/../b.csv") FROM "a/../b.csv")",
           R"(WITH "a.csv" AS (FROM 'a.csv') FROM "a.csv")",
           R"(WITH "é.csv" AS (FROM "é.csv") SELECT 1)",
           "WITH x AS (FROM y), y AS (SELECT 1) FROM x",
           "WITH x AS (SELECT (SELECT max(a) FROM x)) FROM x",
           "WITH x AS (SELECT 1 WHERE EXISTS (FROM x)) FROM x",
           "WITH x AS (WITH y AS (FROM x) FROM y) FROM x",
           "WITH x AS (SELECT 1 UNION ALL FROM x) FROM x",
           "WITH x AS (FROM (DESCRIBE x)) FROM x",
           "WITH x AS (FROM (SUMMARIZE x)) FROM x",
           "WITH x AS (PIVOT x ON a IN (1) USING sum(b)) FROM x",
           "WITH x AS (UNPIVOT x ON a, b) FROM x",
           "WITH x AS (SELECT 1 ORDER BY (SELECT max(a) FROM x)) FROM x",
           "WITH x AS (SELECT 1 LIMIT (SELECT max(a) FROM x)) FROM x",
           "WITH x AS (FROM range((SELECT max(a) FROM x))) FROM x",
           "WITH x AS (SELECT 1 FROM range(3) t(a), LATERAL (SELECT a FROM x)) FROM x",
           "WITH x AS (FROM range(3) POSITIONAL JOIN x) FROM x",
           "SELECT (WITH x AS (FROM x) SELECT max(a) FROM x)",
           "FROM (WITH x AS (FROM x) FROM x)",
           "WITH RECURSIVE x AS (FROM x) FROM x",
           "WITH RECURSIVE x AS (FROM x UNION ALL SELECT 1) FROM x",
           "WITH RECURSIVE x AS (SELECT 1 INTERSECT FROM x) FROM x",
           "WITH RECURSIVE x(a) AS ((WITH y AS (FROM x) FROM y) UNION ALL SELECT 1) FROM x",
           "WITH RECURSIVE x(a) AS (WITH y AS (FROM x) SELECT 1 UNION ALL SELECT a FROM y) FROM x",
           "WITH RECURSIVE x(a) USING KEY (a) AS (FROM x UNION ALL SELECT 1) FROM x",
           "WITH x AS (SELECT 1) FROM recurring.x",
           "WITH RECURSIVE x(a) USING KEY (a) AS (FROM recurring.x UNION ALL SELECT 1) FROM x",
           "WITH RECURSIVE x(a) USING KEY (a) AS (SELECT 1 UNION ALL SELECT 2) FROM recurring.x",
           "WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL SELECT 2 FROM memory.recurring.x) FROM x",
           "WITH x AS (SELECT 1) FROM main.x",
           "WITH x AS (SELECT 1) FROM neuralake.main.x",
           R"(WITH "main.x" AS (SELECT 1) FROM main.x)",
           R"(WITH "aviation.x" AS (SELECT 1) FROM aviation.x)",
           R"(WITH "recurring.x" AS (SELECT 1) FROM recurring.x)",
           R"(WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL FROM "recurring.x") FROM x)",
           R"(WITH É AS (SELECT 1) FROM é)",
           "WITH flights AS (FROM aviation.flight) FROM flights",
           "WITH x AS (SELECT 1) INSERT INTO x VALUES (1)",
           "WITH x AS (FROM x) INSERT INTO aviation.flights FROM x",
           "INSERT INTO aviation.flights WITH x AS (FROM x) FROM x",
           ("WITH x AS (SELECT 1) INSERT INTO aviation.flights VALUES (1) "
            "RETURNING (SELECT 1 FROM x)"),
           "INSERT INTO pg_class VALUES (1)",
           "INSERT INTO information_schema.tables VALUES (1)",
           "EXPLAIN WITH x AS (FROM x) FROM x",
           "DESCRIBE WITH x AS (FROM x) FROM x",
       }) {
    EXPECT_EQ(KindOf(sql, all), ErrorKind::kNotFound) << sql;
  }
}

TEST(Admission, LetsAnExpressionStandForATableOrAnOuterOneOfItsName) {
  const Grants all{.read = true, .write = true};
  for (const char* sql : {
           "WITH flights AS (FROM aviation.flights) FROM flights",
           "WITH pg_class AS (FROM pg_class) FROM pg_class",
           "WITH x AS (SELECT 1) FROM (WITH x AS (FROM x) FROM x)",
           "WITH x AS (SELECT 1), y AS (WITH x AS (FROM x) FROM X) FROM y, x",
           "WITH x AS (SELECT 1), y AS MATERIALIZED (FROM x), z AS (FROM x, y) FROM z",
           "WITH x AS (SELECT 1 AS a) SELECT (SELECT max(a) FROM x), a FROM x ORDER BY (FROM x)",
           "WITH RECURSIVE x AS (SELECT 1), y(a) AS (FROM x UNION ALL SELECT a + 1 FROM y) FROM y",
           ("WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL (WITH y AS (FROM x) SELECT a FROM y)) "
            "FROM x"),
           "WITH RECURSIVE x(a) AS (SELECT 1 UNION SELECT a FROM x WHERE a IN (FROM x)) FROM x",
           "WITH x AS (SELECT 1) FROM (WITH RECURSIVE x AS (FROM x UNION ALL FROM x) FROM x)",
           "WITH RECURSIVE x(a, b) USING KEY (a) AS (SELECT 1, 2 UNION ALL SELECT x.a + 1, r.b "
           "FROM x,"
           " recurring.x r WHERE x.a < 3) FROM x",
           "WITH x AS (SELECT 1) SELECT * FROM (DESCRIBE x), (SUMMARIZE x)",
           "WITH x AS (FROM aviation.flights) PIVOT x ON a IN (1) USING sum(b)",
           "WITH x AS (SELECT 1) INSERT INTO aviation.flights FROM x",
       }) {
    const auto admitted = Ask(sql, all);
    EXPECT_TRUE(admitted.has_value()) << sql << ": " << admitted.error().message;
  }
}

TEST(Admission, ShowsNothingBesideTheListings) {
  for (const char* sql : {"SHOW VARIABLES", "DESCRIBE VARIABLES", "SHOW TIME ZONE",
                          R"(WITH """variables""" AS (SELECT 1) FROM (SHOW VARIABLES))"}) {
    EXPECT_EQ(KindOf(sql), ErrorKind::kPermissionDenied) << sql;
  }
  for (const char* sql : {"SHOW TABLES FROM system.aviation", "SHOW TABLES FROM system",
                          "SHOW TABLES FROM main", "SHOW pg_settings", "SHOW main.pg_settings"}) {
    EXPECT_EQ(KindOf(sql), ErrorKind::kNotFound) << sql;
  }
}

TEST(Admission, SaysWhichDatabaseAnUnqualifiedNameIsIn) {
  const auto admitted = Ask("SELECT * FROM flights");
  ASSERT_FALSE(admitted.has_value());
  EXPECT_EQ(admitted.error().message, "no table flights: write aviation.flights");
}

TEST(Admission, WantsTheGrantToWrite) {
  EXPECT_EQ(KindOf("INSERT INTO aviation.flights VALUES (1)"), ErrorKind::kPermissionDenied);
  EXPECT_TRUE(Ask("INSERT INTO aviation.flights VALUES (1)", {.read = true, .write = true}));
  EXPECT_EQ(KindOf("INSERT INTO other.t VALUES (1)", {.read = true, .write = true}),
            ErrorKind::kNotFound);
  EXPECT_EQ(KindOf("INSERT INTO aviation.flights SELECT lpad('x', 3, 'y')",
                   {.read = true, .write = true}),
            ErrorKind::kPermissionDenied);
}

TEST(Admission, TakesExactlyOneStatement) {
  EXPECT_EQ(KindOf(""), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf(" ; "), ErrorKind::kInvalid);
  EXPECT_TRUE(Ask("SELECT 1;"));
  const auto two = Ask("SELECT ';'; SELECT 2");
  ASSERT_FALSE(two.has_value());
  EXPECT_EQ(two.error().kind, ErrorKind::kInvalid);
  EXPECT_GE(two.error().position, 10);
}

TEST(Admission, GivesPositionsInCharactersOfWhatWasSent) {
  const auto function = Ask("SELECT 'äöü', repeat('x', 2)");
  ASSERT_FALSE(function.has_value());
  EXPECT_EQ(function.error().position, 14);
  const auto syntax = Ask("SELECT 'ä' FROM FROM");
  ASSERT_FALSE(syntax.has_value());
  EXPECT_EQ(syntax.error().position, 16);
  const auto table = Ask("SELECT * FROM aviation.flights VERSION AS OF 1 a, nowhere.t");
  ASSERT_FALSE(table.has_value());
  EXPECT_EQ(table.error().position, 50);
}

TEST(Admission, LimitsLengthAndDepth) {
  EXPECT_EQ(KindOf("SELECT '" + std::string(2 << 20, 'x') + "'"), ErrorKind::kInvalid);
  std::string deep = "SELECT 1";
  for (int i = 0; i < 300; ++i) deep = "SELECT * FROM (" + deep + ")";
  EXPECT_EQ(KindOf(deep), ErrorKind::kInvalid);
  std::string many = "SELECT 1";
  for (int i = 0; i < 400; ++i) many += " UNION ALL SELECT 1";
  EXPECT_TRUE(Ask(many).has_value());
  for (int i = 0; i < 700; ++i) many += " UNION ALL SELECT 1";
  EXPECT_EQ(Ask(many).error().message, "the statement has more than 1000 queries and relations");
}

}  // namespace
}  // namespace neuralake::engine
