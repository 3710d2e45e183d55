#include "neuralake/site/list_pages.h"

#include <fmt/format.h>

#include "neuralake/site/format.h"
#include "neuralake/site/limits.h"
#include "neuralake/site/names.h"
#include "neuralake/site/page.h"

namespace neuralake::site {
namespace {

std::string TablesText(std::size_t count) {
  const std::string number = FormatCount(static_cast<std::int64_t>(count));
  return count == 1 ? "1 table" : number + " tables";
}

void WriteDatabases(HtmlWriter& html, const catalog::CatalogModel& model) {
  html.Open("nav", {{"class", "databases"}, {"aria-label", "Databases"}});
  for (const catalog::DatabaseModel& database : model.databases) {
    html.Open("a", {{"href", DatabasePath(database.name)}});
    html.Element("strong", {}, database.name);
    html.Element("span", {{"class", "count"}}, TablesText(database.tables.size()));
    const std::string summary = Summary(database.description);
    if (!summary.empty()) html.Element("p", {}, summary);
    html.Close();
  }
  html.Close();
}

void WriteIndexRows(HtmlWriter& html, const catalog::CatalogModel& model,
                    const std::vector<TableFacts>& facts) {
  std::size_t row = 0;
  for (const catalog::DatabaseModel& database : model.databases) {
    for (const catalog::TableModel& table : database.tables) {
      if (row == kIndexRowsMax) return;
      WriteTableRow(html, "", database, table, facts[row++]);
    }
  }
}

}  // namespace

std::string RenderIndexPage(const catalog::CatalogModel& model,
                            const std::vector<TableFacts>& facts) {
  HtmlWriter html;
  BeginPage(html, {.path = "index.html",
                   .title = model.name + " · catalog",
                   .description = fmt::format("{} in {}", TablesText(facts.size()), model.name),
                   .catalog_name = model.name,
                   .needs_catalog = true});
  html.Open("div", {{"class", "index-page"}, {"data-page", "index"}});
  html.Open("div", {{"class", "index-head"}}).Element("h1", {}, "Catalog");
  html.Element("p", {{"class", "sub no-js-only"}}, TablesText(facts.size())).Close();
  WriteDatabases(html, model);
  html.Open("div", {{"class", "browse"}});
  html.Open("details", {{"class", "filters js-only"}}).Element("summary", {}, "Filters");
  html.Open("div", {{"id", "filters"}}).Close().Close();
  html.Open("section", {{"class", "tables"}, {"aria-label", "Tables"}});
  html.Open("p", {{"id", "list-status"}, {"class", "status js-only"}, {"role", "status"}}).Close();
  BeginTableList(html);
  WriteIndexRows(html, model, facts);
  EndTableList(html);
  if (facts.size() > kIndexRowsMax) {
    html.Element("p", {{"class", "empty no-js-only"}},
                 "The rest is on the pages of the databases above.");
  }
  html.Close().Close().Close();
  EndPage(html);
  return std::move(html).Finish();
}

std::string RenderDatabasePage(const catalog::CatalogModel& model,
                               const catalog::DatabaseModel& database,
                               std::vector<const TableFacts*> facts) {
  const std::string path = DatabasePath(database.name);
  const std::string root = RootFrom(path);
  HtmlWriter html;
  BeginPage(html, {.path = path,
                   .title = fmt::format("{} · {}", database.name, model.name),
                   .description = Summary(database.description),
                   .catalog_name = model.name});
  html.Open("div", {{"class", "index-page"}});
  html.Open("nav", {{"class", "crumbs"}, {"aria-label", "Where this page stands"}});
  html.Element("a", {{"href", root + "index.html"}}, "All tables").Close();
  html.Element("h1", {}, database.name);
  if (!database.description.empty()) html.Element("p", {{"class", "lead"}}, database.description);
  html.Element("p", {{"class", "sub"}}, TablesText(database.tables.size()));
  BeginTableList(html);
  for (std::size_t i = 0; i < database.tables.size(); ++i) {
    WriteTableRow(html, root, database, database.tables[i], *facts[i]);
  }
  EndTableList(html);
  html.Close();
  EndPage(html);
  return std::move(html).Finish();
}

}  // namespace neuralake::site
