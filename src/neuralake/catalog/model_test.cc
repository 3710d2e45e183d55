#include "neuralake/catalog/model.h"

#include <gtest/gtest.h>

namespace neuralake::catalog {
namespace {

DatabaseModel Database(std::string name, std::vector<std::string> tables) {
  DatabaseModel database;
  database.name = std::move(name);
  for (auto& table : tables) {
    database.tables.emplace_back();
    database.tables.back().name = std::move(table);
  }
  return database;
}

TEST(CatalogModel, FindsByNameWithoutCase) {
  CatalogModel model;
  model.databases = {Database("Aviation", {"airlines", "Flights", "weather"}),
                     Database("sales", {"orders"})};
  ASSERT_NE(model.Find("aviation"), nullptr);
  EXPECT_EQ(model.Find("AVIATION")->name, "Aviation");
  ASSERT_NE(model.Find("aviation", "flights"), nullptr);
  EXPECT_EQ(model.Find("aviation", "FLIGHTS")->name, "Flights");
  EXPECT_EQ(model.Find("aviation", "flight"), nullptr);
  EXPECT_EQ(model.Find("sales", "flights"), nullptr);
  EXPECT_EQ(model.Find("none", "flights"), nullptr);
}

TEST(CatalogModel, FindsColumnsWithoutCaseAndKeepsTheirOrder) {
  TableModel table;
  table.columns.resize(2);
  table.columns[0].name = "b";
  table.columns[1].name = "A";
  EXPECT_EQ(table.Find("a"), &table.columns[1]);
  EXPECT_EQ(table.Find("c"), nullptr);
}

TEST(Problem, ReadsAsACompilersMessage) {
  EXPECT_EQ(FormatProblem({{"lake/a.py", 7}, "a.b", "wrong"}), "lake/a.py:7: a.b: wrong");
  EXPECT_EQ(FormatProblem({{"", 0}, "", "wrong"}), "wrong");
  EXPECT_EQ(FormatProblem({{"x.py", 0}, "t", "odd", Severity::kWarning}), "x.py: t: warning: odd");
  EXPECT_FALSE(HasErrors({{{}, "", "", Severity::kWarning}}));
  EXPECT_TRUE(HasErrors({{{}, "", "", Severity::kWarning}, {{}, "", ""}}));
}

}  // namespace
}  // namespace neuralake::catalog
