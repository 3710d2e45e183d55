#include "neuralake/engine/sql/function_policy.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "neuralake/engine/duck.h"

namespace neuralake::engine {
namespace {

std::set<std::string> FunctionsOfTheBuild() {
  duckdb::DuckDB database(nullptr);
  duckdb::Connection connection(database);
  auto result = connection.Query("SELECT DISTINCT function_name FROM duckdb_functions()");
  std::set<std::string> names;
  for (auto& row : *result) names.insert(row.GetValue<std::string>(0));
  return names;
}

TEST(FunctionPolicy, DecidesOnEveryFunctionOfTheBuild) {
  std::set<std::string> ruled;
  for (const auto& rule : FunctionRules()) ruled.emplace(rule.name);
  EXPECT_EQ(FunctionsOfTheBuild(), ruled);
}

TEST(FunctionPolicy, IsSortedByName) {
  EXPECT_TRUE(std::ranges::is_sorted(FunctionRules(), {}, &FunctionRule::name));
}

TEST(FunctionPolicy, RefusesWhatReachesOutOfTheTables) {
  for (const char* name : {"read_csv", "READ_PARQUET", "glob", "sniff_csv", "query", "query_table",
                           "current_setting", "duckdb_settings", "nextval", "getvariable"}) {
    EXPECT_NE(WhyRefused(name, true), "") << name;
    EXPECT_NE(WhyRefused(name, false), "") << name;
  }
}

TEST(FunctionPolicy, RefusesWhatNoInterruptStops) {
  for (const char* name : {"repeat", "lpad", "list_sort", "list_transform", "format", "sleep_ms"}) {
    EXPECT_NE(WhyRefused(name, false), "") << name;
  }
}

TEST(FunctionPolicy, AllowsSeriesInFromOnly) {
  EXPECT_EQ(WhyRefused("range", true), "");
  EXPECT_NE(WhyRefused("range", false), "");
  EXPECT_EQ(WhyRefused("histogram", false), "");
  EXPECT_NE(WhyRefused("histogram", true), "");
}

TEST(FunctionPolicy, KnowsWhatCallsAFunctionByItsName) {
  for (const char* name :
       {"aggregate", "array_aggr", "array_aggregate", "list_aggr", "LIST_AGGREGATE"}) {
    EXPECT_TRUE(NamesAnother(name)) << name;
    EXPECT_EQ(WhyRefused(name, false), "") << name;
  }
  EXPECT_FALSE(NamesAnother("list_sum"));
  EXPECT_FALSE(NamesAnother("no_such_function"));
}

TEST(FunctionPolicy, RefusesNamesItDoesNotKnow) {
  EXPECT_NE(WhyRefused("no_such_function", false), "");
}

}  // namespace
}  // namespace neuralake::engine
