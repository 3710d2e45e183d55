#include "neuralake/site/history_table.h"

#include <algorithm>
#include <cmath>
#include <ranges>

#include <fmt/format.h>

#include "neuralake/site/format.h"
#include "neuralake/site/page.h"

namespace neuralake::site {
namespace {

constexpr int kBarWidth = 7;
constexpr int kBarHeight = 28;

void WriteCell(HtmlWriter& html, std::string_view label, std::string_view text) {
  html.Element("td", {{"class", "number"}, {"data-label", label}}, text);
}

void WritePartitionRow(HtmlWriter& html, const PartitionFacts& partition) {
  html.Open("tr");
  for (const std::optional<std::string>& value : partition.values) {
    html.Open("td");
    html.Element(value ? "code" : "em", {}, value ? *value : "null").Close();
  }
  WriteCell(html, "Files", FormatCount(partition.files));
  WriteCell(html, "Rows", partition.rows ? FormatCount(*partition.rows) : "");
  WriteCell(html, "Size", FormatBytes(partition.bytes));
  html.Close();
}

std::int64_t Change(const VersionFacts& version) {
  return std::max(version.rows_added.value_or(0), version.rows_removed.value_or(0));
}

/// Oldest commit left, newest right; the height is the rows changed, by its square root so that one
/// large commit does not flatten the others.
void WriteBars(HtmlWriter& html, const std::vector<VersionFacts>& history) {
  const std::int64_t most = Change(*std::ranges::max_element(history, {}, Change));
  if (most == 0 || history.size() < 3) return;
  const std::string box = fmt::format("0 0 {} {}", kBarWidth * history.size(), kBarHeight);
  const std::string width = std::to_string(kBarWidth * history.size());
  html.Open("svg", {{"class", "bars"},
                    {"viewBox", box},
                    {"width", width},
                    {"height", std::to_string(kBarHeight)},
                    {"role", "img"},
                    {"aria-label", "Rows changed by each of the last versions"}});
  std::size_t column = 0;
  for (const VersionFacts& version : history | std::views::reverse) {
    const double share =
        std::sqrt(static_cast<double>(Change(version)) / static_cast<double>(most));
    const int height = std::max(1, static_cast<int>(std::lround(share * kBarHeight)));
    html.Open("rect", {{"x", std::to_string(kBarWidth * column++)},
                       {"y", std::to_string(kBarHeight - height)},
                       {"width", std::to_string(kBarWidth - 2)},
                       {"height", std::to_string(height)}})
        .Close();
  }
  html.Close();
}

std::string RowsText(const VersionFacts& version) {
  std::string text;
  if (version.rows_added.value_or(0) != 0) text = "+" + FormatCount(*version.rows_added);
  if (version.rows_removed.value_or(0) != 0) {
    if (!text.empty()) text += ' ';
    text += "−" + FormatCount(*version.rows_removed);
  }
  return text;
}

void WriteVersionRow(HtmlWriter& html, const VersionFacts& version) {
  html.Open("tr");
  html.Element("th", {{"scope", "row"}, {"class", "number"}}, FormatCount(version.version));
  html.Open("td", {{"data-label", "When"}});
  WriteTime(html, version.time);
  html.Close();
  html.Open("td", {{"data-label", "Operation"}}).Element("code", {}, version.operation).Close();
  WriteCell(html, "Rows", RowsText(version));
  html.Element("td", {{"class", "engine"}, {"data-label", "Engine"}}, version.engine);
  html.Close();
}

}  // namespace

void WritePartitions(HtmlWriter& html, const TableFacts& facts) {
  if (facts.partitions.empty()) return;
  html.Open("section", {{"id", "partitions"}}).Open("h2").Text("Partitions");
  html.Element("span", {{"class", "count"}},
               FormatCount(static_cast<std::int64_t>(facts.partitions_total)));
  html.Close();
  html.Open(
      "div",
      {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "Partitions"}});
  html.Open("table", {{"class", "plain"}}).Open("thead").Open("tr");
  for (const std::string& column : facts.partition_by) {
    html.Element("th", {{"scope", "col"}}, column);
  }
  for (const std::string_view title : {"Files", "Rows", "Size"}) {
    html.Element("th", {{"scope", "col"}, {"class", "number"}}, title);
  }
  html.Close().Close().Open("tbody");
  for (const PartitionFacts& partition : facts.partitions) WritePartitionRow(html, partition);
  html.Close().Close().Close();
  if (facts.partitions.size() < facts.partitions_total) {
    html.Element("p", {{"class", "empty"}},
                 fmt::format("The {} largest of {}.", facts.partitions.size(),
                             FormatCount(static_cast<std::int64_t>(facts.partitions_total))));
  }
  html.Close();
}

void WriteHistory(HtmlWriter& html, const TableFacts& facts) {
  if (facts.history.empty()) return;
  html.Open("section", {{"id", "history"}}).Element("h2", {}, "History");
  WriteBars(html, facts.history);
  html.Open(
      "div",
      {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "History"}});
  html.Open("table", {{"class", "plain history"}}).Open("thead").Open("tr");
  html.Element("th", {{"scope", "col"}, {"class", "number"}}, "Version");
  for (const std::string_view title : {"When", "Operation"}) {
    html.Element("th", {{"scope", "col"}}, title);
  }
  html.Element("th", {{"scope", "col"}, {"class", "number"}}, "Rows");
  html.Element("th", {{"scope", "col"}}, "Engine");
  html.Close().Close().Open("tbody");
  for (const VersionFacts& version : facts.history) WriteVersionRow(html, version);
  html.Close().Close().Close();
  if (facts.history.back().version > 0) {
    html.Element("p", {{"class", "empty"}}, "Older versions are in the table's log.");
  }
  html.Close();
}

}  // namespace neuralake::site
