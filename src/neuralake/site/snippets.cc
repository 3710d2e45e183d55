#include "neuralake/site/snippets.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "neuralake/base/uri.h"
#include "neuralake/site/limits.h"
#include "neuralake/site/names.h"
#include "neuralake/site/quote.h"

namespace neuralake::site {
namespace {

constexpr int kRows = 10;

/// The columns that a snippet names; none for all.
std::vector<std::string> ShownColumns(const catalog::TableModel& table) {
  std::vector<std::string> names;
  for (const catalog::Column& column : table.columns) {
    if (names.size() == kSnippetColumnsMax) break;
    names.push_back(column.name);
  }
  return names;
}

template <class Quote>
std::string Joined(const std::vector<std::string>& names, std::string_view separator, Quote quote) {
  std::vector<std::string> quoted;
  std::ranges::transform(names, std::back_inserter(quoted), quote);
  return fmt::format("{}", fmt::join(quoted, separator));
}

std::string Select(const catalog::DatabaseModel& database, const catalog::TableModel& table) {
  const std::vector<std::string> columns = ShownColumns(table);
  return fmt::format("SELECT {} FROM {}.{} LIMIT {}",
                     columns.empty() ? "*" : Joined(columns, ", ", QuoteSql),
                     QuoteSql(database.name), QuoteSql(table.name), kRows);
}

std::string PythonHere(const catalog::DatabaseModel& database, const catalog::TableModel& table,
                       std::string_view python_catalog) {
  const std::size_t colon = python_catalog.find(':');
  const std::string_view module = python_catalog.substr(0, colon);
  const std::string_view variable =
      colon == std::string_view::npos ? "catalog" : python_catalog.substr(colon + 1);
  const std::vector<std::string> columns = ShownColumns(table);
  const std::string chosen =
      columns.empty() ? "" : fmt::format(", columns=[{}]", Joined(columns, ", ", QuotePython));
  return fmt::format(
      "from {} import {}\n\n"
      "frame = {}.db({}).table({}{})\n"
      "print(frame.head({}).collect())\n",
      module, variable, variable, QuotePython(database.name), QuotePython(table.name), chosen,
      kRows);
}

std::string PythonRemote(std::string_view sql, std::string_view http) {
  return fmt::format(
      "from neuralake import Catalog\n\n"
      "catalog = Catalog.connect({})\n"
      "print(catalog.sql({}).pl())\n",
      QuotePython(http), QuotePython(sql));
}

std::string Curl(const catalog::DatabaseModel& database, const catalog::TableModel& table,
                 std::string_view http) {
  const auto encode = [](std::string_view name) { return PercentEncode(name); };
  const std::vector<std::string> columns = ShownColumns(table);
  const std::string select =
      columns.empty() ? "" : fmt::format("select={}&", Joined(columns, ",", encode));
  return "curl -sf " +
         QuoteShell(fmt::format("{}/api/v1/tables/{}/{}/rows?{}limit={}", http,
                                encode(database.name), encode(table.name), select, kRows)) +
         "\n";
}

}  // namespace

std::vector<Snippet> MakeSnippets(const catalog::DatabaseModel& database,
                                  const catalog::TableModel& table, const SnippetOptions& options) {
  const std::string sql = Select(database, table);
  std::vector<Snippet> out;
  if (!options.python_catalog.empty()) {
    out.push_back({"python", "Python", SnippetLanguage::kPython,
                   PythonHere(database, table, options.python_catalog)});
  }
  out.push_back({"python-client", out.empty() ? "Python" : "Python client",
                 SnippetLanguage::kPython, PythonRemote(sql, options.http)});
  out.push_back({"sql", "SQL", SnippetLanguage::kSql, sql + ";\n"});
  out.push_back({"curl", "curl", SnippetLanguage::kShell, Curl(database, table, options.http)});
  const std::string address =
      fmt::format("host={} port={} dbname=neuralake", options.postgres_host, options.postgres_port);
  out.push_back({"psql", "psql", SnippetLanguage::kShell,
                 fmt::format("psql {} -c {}\n", QuoteShell(address), QuoteShell(sql))});
  out.push_back({"cli", "Command line", SnippetLanguage::kShell,
                 fmt::format("neuralake sql -c {}\n", QuoteShell(sql))});
  return out;
}

}  // namespace neuralake::site
