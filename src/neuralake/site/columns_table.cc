#include "neuralake/site/columns_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "neuralake/site/format.h"
#include "neuralake/site/limits.h"
#include "neuralake/site/names.h"

namespace neuralake::site {
namespace {

/// `2.5 %`, `< 0.1 %`; empty when it cannot be told.
std::string Share(std::int64_t part, std::optional<std::int64_t> whole) {
  if (!whole || *whole <= 0) return "";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(*whole);
  if (percent < 0.1) return "< 0.1 %";
  return percent >= 10 ? fmt::format("{:.0f} %", percent) : fmt::format("{:.1f} %", percent);
}

void WriteName(HtmlWriter& html, const ShownColumn& column, const std::string& anchor) {
  const std::size_t dot = column.depth == 0 ? std::string::npos : column.name.rfind('.');
  html.Open("th", {{"scope", "row"}});
  html.Open("a", {{"class", "name"}, {"href", "#" + anchor}});
  if (dot != std::string::npos) {
    html.Element("span", {{"class", "of"}}, column.name.substr(0, dot + 1));
    html.Text(column.name.substr(dot + 1));
  } else {
    html.Text(column.name);
  }
  html.Close();
  if (column.in_key) html.Element("span", {{"class", "flag"}}, "key");
  if (column.in_partition) html.Element("span", {{"class", "flag"}}, "partition");
  html.Close();
}

void WriteType(HtmlWriter& html, const ShownColumn& column) {
  html.Open("td", {{"class", "type"}, {"data-label", "Type"}});
  if (!column.type.empty()) html.Element("code", {}, column.type);
  if (!column.nullable) html.Element("span", {{"class", "flag"}}, "not null");
  html.Close();
}

void WriteDocs(HtmlWriter& html, const ShownColumn& column, bool data_known) {
  const bool has_text = column.declared != nullptr && !column.declared->description.empty();
  const std::string_view css_class = has_text ? "docs" : "docs no-text";
  html.Open("td", {{"class", css_class}, {"data-label", "Description"}});
  if (column.declared != nullptr) {
    html.Text(column.declared->description);
    if (!column.declared->unit.empty()) {
      html.Element("span", {{"class", "unit"}}, column.declared->unit);
    }
    for (const std::string& tag : column.declared->tags) {
      html.Element("span", {{"class", "tag"}}, tag);
    }
  }
  if (data_known && !column.facts) {
    html.Element("span", {{"class", "flag flag-absent"}}, "declared, not in the data");
  }
  html.Close();
}

void WriteNulls(HtmlWriter& html, const ShownColumn& column, const TableFacts& facts) {
  html.Open("td", {{"class", "number"}, {"data-label", "Nulls"}});
  if (column.facts && column.facts->null_count) {
    const std::int64_t nulls = *column.facts->null_count;
    const std::string share = nulls == 0 ? "" : Share(nulls, facts.rows);
    html.Text(FormatCount(nulls));
    if (!share.empty()) html.Element("span", {{"class", "share"}}, share);
  }
  html.Close();
}

void WriteBound(HtmlWriter& html, std::string_view label, std::string_view sign,
                const std::optional<std::string>& bound, bool tight) {
  html.Open("td", {{"class", "bound"}, {"data-label", label}});
  if (bound) {
    if (!tight) {
      html.Element("span", {{"class", "wide"}, {"title", "the true value may lie inside"}}, sign);
    }
    html.Element("span", {{"title", *bound}}, Shorten(*bound, kBoundCharactersMax));
  }
  html.Close();
}

void WriteRow(HtmlWriter& html, const ShownColumn& column, const TableFacts& facts,
              bool with_statistics) {
  const std::string anchor = ColumnAnchor(column.name);
  const std::string css_class = fmt::format("depth-{}", std::min<std::size_t>(column.depth, 4));
  html.Open("tr", {{"id", anchor}, {"class", css_class}});
  WriteName(html, column, anchor);
  WriteType(html, column);
  WriteDocs(html, column, !facts.columns.empty());
  if (with_statistics) {
    WriteNulls(html, column, facts);
    const ColumnFacts* known = column.facts ? &*column.facts : nullptr;
    WriteBound(html, "Min", "≥ ", known ? known->min : std::nullopt, known && known->tight);
    WriteBound(html, "Max", "≤ ", known ? known->max : std::nullopt, known && known->tight);
  }
  html.Close();
}

}  // namespace

void WriteColumnsTable(HtmlWriter& html, const std::vector<ShownColumn>& columns,
                       const TableFacts& facts) {
  html.Open("section", {{"id", "columns"}});
  html.Open("h2").Text("Columns");
  html.Element("span", {{"class", "count"}},
               FormatCount(static_cast<std::int64_t>(columns.size())));
  html.Close();
  if (columns.empty()) {
    html.Element("p", {{"class", "empty"}}, "None declared, and none found in the data.").Close();
    return;
  }
  const bool with_statistics = std::ranges::any_of(facts.columns, [](const ColumnFacts& column) {
    return column.null_count || column.min || column.max;
  });
  html.Open(
      "div",
      {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "Columns"}});
  html.Open("table", {{"class", "columns"}}).Open("thead").Open("tr");
  for (const std::string_view title : {"Column", "Type", "Description"}) {
    html.Element("th", {{"scope", "col"}}, title);
  }
  if (with_statistics) {
    html.Element("th", {{"scope", "col"}, {"class", "number"}}, "Nulls");
    html.Element("th", {{"scope", "col"}}, "Min").Element("th", {{"scope", "col"}}, "Max");
  }
  html.Close().Close().Open("tbody");
  for (const ShownColumn& column : columns) WriteRow(html, column, facts, with_statistics);
  html.Close().Close().Close().Close();
}

}  // namespace neuralake::site
