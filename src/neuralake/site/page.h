#pragma once

#include <string>
#include <string_view>

#include "neuralake/catalog/model.h"
#include "neuralake/site/facts/facts.h"
#include "neuralake/site/html.h"

namespace neuralake::site {

/// What the frame around a page needs to know.
struct PageHead {
  std::string path;  ///< From the site's root: `tables/aviation/flights.html`.
  std::string title;
  std::string description;
  std::string catalog_name;
  bool needs_catalog = false;  ///< Load the table list at once, not when someone searches.
};

/// Write everything up to the start of the content: head, top bar with the search box.
void BeginPage(HtmlWriter& html, const PageHead& head);

/// Close what `BeginPage` opened.
void EndPage(HtmlWriter& html);

// Pieces that more than one page has.

/// `Delta`, `Parquet`, `CSV`, `Function`.
std::string_view KindLabel(catalog::TableKind kind);

/// The word that data files use for a kind: `delta`, `parquet`, `csv`, `function`.
std::string_view KindWord(catalog::TableKind kind);

void WriteKind(HtmlWriter& html, catalog::TableKind kind);

/// `<time>` that the script shows as an age; without it, the minute in UTC.
void WriteTime(HtmlWriter& html, WallTime time);

/// The start of the list of tables: `<table>` with its header, `<tbody>` open.
void BeginTableList(HtmlWriter& html);

/// One table as a row of the list. The page script makes the same markup from the data files.
void WriteTableRow(HtmlWriter& html, std::string_view root, const catalog::DatabaseModel& database,
                   const catalog::TableModel& table, const TableFacts& facts);

void EndTableList(HtmlWriter& html);

}  // namespace neuralake::site
