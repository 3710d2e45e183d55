#include "neuralake/site/snippets.h"

#include <map>

#include <gtest/gtest.h>

namespace neuralake::site {
namespace {

catalog::Column Named(std::string name) {
  catalog::Column column;
  column.name = std::move(name);
  return column;
}

catalog::TableModel Table(std::string name, std::initializer_list<const char*> columns) {
  catalog::TableModel table;
  table.name = std::move(name);
  for (const char* column : columns) table.columns.push_back(Named(column));
  return table;
}

std::map<std::string, std::string> Codes(const std::string& database,
                                         const catalog::TableModel& table,
                                         const SnippetOptions& options) {
  catalog::DatabaseModel model;
  model.name = database;
  std::map<std::string, std::string> codes;
  for (Snippet& snippet : MakeSnippets(model, table, options)) codes[snippet.id] = snippet.code;
  return codes;
}

TEST(MakeSnippets, AsksForAFewColumnsOnEverySurface) {
  SnippetOptions options;
  options.python_catalog = "lake:catalog";
  auto codes = Codes("aviation", Table("flights", {"year", "month"}), options);
  EXPECT_EQ(codes["sql"], "SELECT year, month FROM aviation.flights LIMIT 10;\n");
  EXPECT_EQ(codes["python"],
            "from lake import catalog\n\n"
            "frame = catalog.db(\"aviation\").table(\"flights\", columns=[\"year\", \"month\"])\n"
            "print(frame.head(10).collect())\n");
  EXPECT_EQ(codes["curl"],
            "curl -sf 'http://127.0.0.1:8080/api/v1/tables/aviation/flights/rows"
            "?select=year,month&limit=10'\n");
  EXPECT_EQ(codes["psql"],
            "psql 'host=127.0.0.1 port=5433 dbname=neuralake' "
            "-c 'SELECT year, month FROM aviation.flights LIMIT 10'\n");
  EXPECT_EQ(codes["cli"], "neuralake sql -c 'SELECT year, month FROM aviation.flights LIMIT 10'\n");
}

TEST(MakeSnippets, AsksForAllColumnsWhenNoneAreDeclared) {
  auto codes = Codes("aviation", Table("flights", {}), {});
  EXPECT_EQ(codes["sql"], "SELECT * FROM aviation.flights LIMIT 10;\n");
  EXPECT_EQ(codes.count("python"), 0U);
  EXPECT_NE(codes["python-client"].find("Catalog.connect"), std::string::npos);
}

TEST(MakeSnippets, QuotesForEachLanguage) {
  auto codes = Codes("my db", Table("it's \"x\"", {"order"}), {});
  EXPECT_EQ(codes["sql"], "SELECT \"order\" FROM \"my db\".\"it's \"\"x\"\"\" LIMIT 10;\n");
  EXPECT_NE(codes["cli"].find(R"('\''s)"), std::string::npos);
  EXPECT_NE(codes["curl"].find("/my%20db/it%27s%20%22x%22/rows"), std::string::npos);
}

}  // namespace
}  // namespace neuralake::site
