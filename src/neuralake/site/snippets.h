#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/catalog/model.h"

namespace neuralake::site {

/// Where the catalog is served and how Python code reaches it: what the snippets name.
struct SnippetOptions {
  std::string http = "http://127.0.0.1:8080";  ///< Without a trailing slash.
  std::string postgres_host = "127.0.0.1";
  std::uint16_t postgres_port = 5433;
  /// The definitions, `module:variable`; when empty, Python asks the server instead.
  std::string python_catalog;
};

enum class SnippetLanguage : std::uint8_t { kPython, kSql, kShell };

/// A piece of text to copy that asks for a few rows of one table.
struct Snippet {
  std::string id;  ///< `python`, `sql`, `curl`, `psql`, `cli`: stable, for links and scripts.
  std::string label;
  SnippetLanguage language;
  std::string code;  ///< Complete: runs as it stands.
};

/// Every way to ask for rows of `table`, in the order in which they are shown. The only place that
/// knows how; the site and `neuralake catalog snippets` print the same.
std::vector<Snippet> MakeSnippets(const catalog::DatabaseModel& database,
                                  const catalog::TableModel& table, const SnippetOptions& options);

}  // namespace neuralake::site
