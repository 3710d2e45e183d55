#include "neuralake/site/table_page.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "neuralake/base/uri.h"
#include "neuralake/site/columns.h"
#include "neuralake/site/columns_table.h"
#include "neuralake/site/format.h"
#include "neuralake/site/highlight.h"
#include "neuralake/site/history_table.h"
#include "neuralake/site/names.h"
#include "neuralake/site/page.h"

namespace neuralake::site {
namespace {

/// Everything that the parts of one page need.
struct Subject {
  const catalog::CatalogModel& model;
  const catalog::DatabaseModel& database;
  const catalog::TableModel& table;
  const TableFacts& facts;
  std::vector<ShownColumn> columns;
};

void WriteParagraphs(HtmlWriter& html, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    const std::string_view paragraph = text.substr(0, end);
    if (paragraph.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      html.Element("p", {}, paragraph);
    }
    text.remove_prefix(std::min(end + 2, text.size()));
  }
}

void WriteHeading(HtmlWriter& html, const Subject& subject) {
  const std::string home = RootFrom(TablePath(subject.database.name, subject.table.name));
  const std::string database = home + DatabasePath(subject.database.name);
  html.Open("nav", {{"class", "crumbs"}, {"aria-label", "Where this page stands"}});
  html.Element("a", {{"href", home + "index.html"}}, "All tables");
  html.Element("span", {{"aria-hidden", "true"}}, "/");
  html.Element("a", {{"href", database}}, subject.database.name).Close();
  html.Open("h1");
  html.Element("span", {{"class", "of"}}, subject.database.name + ".");
  html.Text(subject.table.name);
  WriteKind(html, subject.table.kind);
  html.Close();
}

void WriteBanners(HtmlWriter& html, const Subject& subject) {
  if (subject.table.deprecation) {
    html.Open("div", {{"class", "banner banner-warn"}, {"role", "note"}});
    html.Element("strong", {}, "Deprecated.").Text(" " + *subject.table.deprecation);
    html.Close();
  }
  if (!subject.facts.problem.empty()) {
    html.Open("div", {{"class", "banner banner-bad"}, {"role", "note"}});
    html.Element("strong", {}, "The data could not be read.");
    html.Text(" This page shows what the definition says. ");
    html.Element("code", {}, subject.facts.problem).Close();
  }
  if (subject.facts.unwritten) {
    html.Open("div", {{"class", "banner"}, {"role", "note"}});
    html.Element("strong", {}, "No data yet.");
    html.Text(" The table is declared; the first rows that are pushed or written make it.");
    html.Close();
  }
}

void WriteFigure(HtmlWriter& html, std::string_view label, const std::string& value) {
  html.Open("div").Element("dt", {}, label).Element("dd", {}, value).Close();
}

void WriteTrustLine(HtmlWriter& html, const Subject& subject) {
  const TableFacts& facts = subject.facts;
  html.Open("dl", {{"class", "trust"}});
  if (facts.rows) WriteFigure(html, "Rows", FormatCount(*facts.rows));
  if (facts.bytes) WriteFigure(html, "Size", FormatBytes(*facts.bytes));
  if (facts.files) WriteFigure(html, "Files", FormatCount(*facts.files));
  if (const auto columns = static_cast<std::int64_t>(subject.columns.size()); columns > 0) {
    WriteFigure(html, "Columns", FormatCount(columns));
  }
  if (facts.version) WriteFigure(html, "Version", FormatCount(*facts.version));
  if (facts.updated) {
    html.Open("div").Element("dt", {}, "Updated").Open("dd");
    WriteTime(html, *facts.updated);
    html.Close().Close();
  }
  html.Close();
}

std::string_view LanguageWord(SnippetLanguage language) {
  switch (language) {
    case SnippetLanguage::kPython:
      return "python";
    case SnippetLanguage::kSql:
      return "sql";
    case SnippetLanguage::kShell:
      return "sh";
  }
  return "";
}

/// All snippets one below the other; the script makes tabs of them.
void WriteSnippets(HtmlWriter& html, const std::vector<Snippet>& snippets) {
  html.Open("section", {{"id", "use"}, {"class", "snippets"}, {"aria-label", "Use this table"}});
  html.Element("h2", {}, "Use it");
  for (const Snippet& snippet : snippets) {
    html.Open("div",
              {{"class", "snippet"}, {"data-id", snippet.id}, {"data-label", snippet.label}});
    html.Element("h3", {}, snippet.label);
    html.Open("pre", {{"tabindex", "0"}});
    html.Open("code", {{"data-language", LanguageWord(snippet.language)}});
    WriteHighlighted(html, snippet.language, snippet.code);
    html.Close().Close().Close();
  }
  html.Close();
}

void WriteAsideItem(HtmlWriter& html, std::string_view label, std::string_view value,
                    bool code = false) {
  if (value.empty()) return;
  html.Open("div").Element("dt", {}, label).Open("dd");
  html.Element(code ? "code" : "span", {}, value);
  html.Close().Close();
}

void WriteLinks(HtmlWriter& html, const Subject& subject) {
  const auto link = [&](std::string_view href, std::string_view label) {
    html.Open("li").Element("a", {{"href", href}}, label).Close();
  };
  html.Open("nav", {{"class", "toc"}, {"aria-label", "On this page"}}).Open("ul");
  link("#use", "Use it");
  link("#columns", "Columns");
  if (!subject.facts.partitions.empty()) link("#partitions", "Partitions");
  if (!subject.facts.history.empty()) link("#history", "History");
  html.Close().Close();
}

void WriteAside(HtmlWriter& html, const Subject& subject) {
  const catalog::TableModel& table = subject.table;
  html.Open("aside", {{"aria-label", "About this table"}});
  WriteLinks(html, subject);
  html.Open("dl", {{"class", "about"}});
  WriteAsideItem(html, "Owner", table.owner);
  if (!table.tags.empty()) {
    const std::string home = RootFrom(TablePath(subject.database.name, table.name));
    html.Open("div").Element("dt", {}, "Tags").Open("dd", {{"class", "tags"}});
    for (const std::string& tag : table.tags) {
      const std::string href = home + "index.html#tag=" + PercentEncode(CleanUtf8(tag));
      html.Element("a", {{"class", "tag"}, {"href", href}}, tag);
    }
    html.Close().Close();
  }
  WriteAsideItem(html, "Key", fmt::format("{}", fmt::join(table.key, ", ")), true);
  WriteAsideItem(html, "Location", table.uri, true);
  if (table.kind == catalog::TableKind::kFunction) {
    WriteAsideItem(html, "Function", table.function.module + "." + table.function.name, true);
  }
  if (!table.place.file.empty()) {
    WriteAsideItem(html, "Defined in", fmt::format("{}:{}", table.place.file, table.place.line),
                   true);
  }
  for (const auto& [name, value] : table.properties) WriteAsideItem(html, name, value, true);
  html.Close().Close();
}

}  // namespace

std::string RenderTablePage(const catalog::CatalogModel& model,
                            const catalog::DatabaseModel& database,
                            const catalog::TableModel& table, const TableFacts& facts,
                            const SnippetOptions& options) {
  const Subject subject{model, database, table, facts, MergeColumns(table, facts)};
  HtmlWriter html;
  BeginPage(html, {.path = TablePath(database.name, table.name),
                   .title = fmt::format("{}.{} · {}", database.name, table.name, model.name),
                   .description = Summary(table.description),
                   .catalog_name = model.name});
  html.Open("div", {{"class", "table-page"}}).Open("article");
  WriteHeading(html, subject);
  html.Open("div", {{"class", "lead"}});
  WriteParagraphs(html, table.description);
  html.Close();
  WriteBanners(html, subject);
  WriteTrustLine(html, subject);
  WriteSnippets(html, MakeSnippets(database, table, options));
  WriteColumnsTable(html, subject.columns, facts);
  WritePartitions(html, facts);
  WriteHistory(html, facts);
  html.Close();
  WriteAside(html, subject);
  html.Close();
  EndPage(html);
  return std::move(html).Finish();
}

}  // namespace neuralake::site
