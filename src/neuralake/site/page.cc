#include "neuralake/site/page.h"

#include "neuralake/site/format.h"
#include "neuralake/site/names.h"

namespace neuralake::site {
namespace {

// Three waves: the mark of the house.
constexpr std::string_view kMark =
    R"(<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M2 7c3.3-3 6.7-3 10 0s6.7 3 10 0M2 12.5c3.3-3 6.7-3 10 0s6.7 3 10 0M2 18c3.3-3 6.7-3 10 0s6.7 3 10 0"/></svg>)";

constexpr std::string_view kSearchIcon =
    R"(<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/></svg>)";

// No script or style but the site's own files, no request to anywhere.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: "
    "data:; base-uri 'none'; form-action 'none'";

void WriteHead(HtmlWriter& html, const PageHead& head, const std::string& root) {
  html.Open("head");
  html.Void("meta", {{"charset", "utf-8"}});
  html.Void("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", kPolicy}});
  html.Void("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.Void("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.Element("title", {}, head.title);
  if (!head.description.empty()) {
    html.Void("meta", {{"name", "description"}, {"content", head.description}});
  }
  html.Void("link", {{"rel", "icon"}, {"href", root + "assets/icon.svg"}});
  html.Void("link", {{"rel", "stylesheet"}, {"href", root + "assets/site.css"}});
  html.Open("script", {{"src", root + "assets/theme.js"}}).Close();
  if (head.needs_catalog) {
    html.Open("script", {{"src", root + "data/catalog.js"}, {"defer", ""}}).Close();
  }
  html.Open("script", {{"src", root + "assets/site.js"}, {"defer", ""}}).Close();
  html.Close();
}

void WriteSearch(HtmlWriter& html) {
  html.Open("div", {{"class", "search js-only"}, {"role", "search"}});
  html.Trusted(kSearchIcon);
  html.Void("input", {{"id", "search"},
                      {"type", "search"},
                      {"placeholder", "Search tables and columns"},
                      {"aria-label", "Search tables and columns"},
                      {"autocomplete", "off"},
                      {"spellcheck", "false"},
                      {"role", "combobox"},
                      {"aria-expanded", "false"},
                      {"aria-controls", "search-results"},
                      {"aria-autocomplete", "list"}});
  html.Element("kbd", {{"class", "search-key"}, {"aria-hidden", "true"}}, "/");
  html.Open("div", {{"id", "search-results"},
                    {"class", "results"},
                    {"role", "listbox"},
                    {"aria-label", "Search results"},
                    {"hidden", ""}})
      .Close();
  html.Close();
}

void WriteTopBar(HtmlWriter& html, const PageHead& head, const std::string& root) {
  html.Element("a", {{"class", "skip"}, {"href", "#content"}}, "Skip to content");
  html.Open("header", {{"class", "top"}}).Open("div", {{"class", "top-inner"}});
  html.Open("a", {{"class", "brand"}, {"href", root + "index.html"}});
  html.Trusted(kMark).Element("span", {}, head.catalog_name).Close();
  WriteSearch(html);
  html.Open("button", {{"class", "theme js-only"},
                       {"type", "button"},
                       {"id", "theme"},
                       {"aria-label", "Switch between light and dark"}});
  html.Trusted(
      R"(<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="5.5"/><path class="half" d="M8 2.5a5.5 5.5 0 0 1 0 11z"/></svg>)");
  html.Close();
  html.Close().Close();
}

void WriteNumber(HtmlWriter& html, std::string_view label, const std::string& text) {
  html.Open("td", {{"class", "number"}, {"data-label", label}}).Text(text).Close();
}

void WriteMarks(HtmlWriter& html, const catalog::TableModel& table, const TableFacts& facts) {
  WriteKind(html, table.kind);
  if (table.deprecation) html.Element("span", {{"class", "mark-deprecated"}}, "deprecated");
  if (!facts.problem.empty()) html.Element("span", {{"class", "mark-problem"}}, "unreadable");
  if (facts.unwritten) html.Element("span", {{"class", "mark-unwritten"}}, "no data yet");
}

}  // namespace

void BeginPage(HtmlWriter& html, const PageHead& head) {
  const std::string root = RootFrom(head.path);
  html.Trusted("<!doctype html>\n");
  html.Open("html", {{"lang", "en"}, {"data-root", root.empty() ? "./" : root}});
  WriteHead(html, head, root);
  html.Open("body");
  WriteTopBar(html, head, root);
  html.Open("main", {{"id", "content"}});
}

void EndPage(HtmlWriter& html) {
  html.Close();  // main
  html.Open("footer", {{"class", "foot"}});
  html.Text("Made by Neuralake from the definitions and the table logs.");
  html.Close();
  html.Close().Close();  // body, html
  html.Trusted("\n");
}

std::string_view KindLabel(catalog::TableKind kind) {
  switch (kind) {
    case catalog::TableKind::kDelta:
      return "Delta";
    case catalog::TableKind::kParquet:
      return "Parquet";
    case catalog::TableKind::kCsv:
      return "CSV";
    case catalog::TableKind::kFunction:
      return "Function";
  }
  return "";
}

std::string_view KindWord(catalog::TableKind kind) {
  switch (kind) {
    case catalog::TableKind::kDelta:
      return "delta";
    case catalog::TableKind::kParquet:
      return "parquet";
    case catalog::TableKind::kCsv:
      return "csv";
    case catalog::TableKind::kFunction:
      return "function";
  }
  return "";
}

void WriteKind(HtmlWriter& html, catalog::TableKind kind) {
  const std::string css_class = "kind kind-" + std::string(KindWord(kind));
  html.Element("span", {{"class", css_class}}, KindLabel(kind));
}

void WriteTime(HtmlWriter& html, WallTime time) {
  html.Element("time", {{"datetime", FormatInstant(time)}}, FormatMinute(time));
}

void BeginTableList(HtmlWriter& html) {
  html.Open("table", {{"class", "list"}}).Open("thead").Open("tr");
  html.Element("th", {{"scope", "col"}, {"data-sort", "name"}}, "Table");
  html.Element("th", {{"scope", "col"}}, "Owner");
  html.Element("th", {{"scope", "col"}, {"class", "number"}, {"data-sort", "rows"}}, "Rows");
  html.Element("th", {{"scope", "col"}, {"class", "number"}, {"data-sort", "bytes"}}, "Size");
  html.Element("th", {{"scope", "col"}, {"class", "number"}, {"data-sort", "updated"}}, "Updated");
  html.Close().Close().Open("tbody");
}

void WriteTableRow(HtmlWriter& html, std::string_view root, const catalog::DatabaseModel& database,
                   const catalog::TableModel& table, const TableFacts& facts) {
  const std::string href = std::string(root) + TablePath(database.name, table.name);
  html.Open("tr").Open("td", {{"class", "what"}});
  html.Open("a", {{"class", "name"}, {"href", href}});
  html.Element("span", {{"class", "of"}}, database.name + ".").Text(table.name).Close();
  WriteMarks(html, table, facts);
  if (!table.tags.empty()) {
    html.Open("span", {{"class", "tags"}});
    for (const std::string& tag : table.tags) html.Element("span", {{"class", "tag"}}, tag);
    html.Close();
  }
  const std::string summary = Summary(table.description);
  if (!summary.empty()) html.Element("p", {}, summary);
  html.Close();
  html.Element("td", {{"class", "owner"}, {"data-label", "Owner"}}, table.owner);
  WriteNumber(html, "Rows", facts.rows ? FormatCount(*facts.rows) : "");
  WriteNumber(html, "Size", facts.bytes ? FormatBytes(*facts.bytes) : "");
  html.Open("td", {{"class", "number"}, {"data-label", "Updated"}});
  if (facts.updated) WriteTime(html, *facts.updated);
  html.Close().Close();
}

void EndTableList(HtmlWriter& html) { html.Close().Close(); }

}  // namespace neuralake::site
