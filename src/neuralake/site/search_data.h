#pragma once

#include <map>
#include <string>
#include <vector>

#include "neuralake/catalog/model.h"
#include "neuralake/site/facts/facts.h"

namespace neuralake::site {

// The data files of the page script: classic scripts, because pages opened from disk can load
// neither modules nor JSON. `web/site/schema.ts` declares their shape; a test holds both to it.

/// `data/catalog.js`: databases and tables, for the list and the search of tables.
/// \param shards  the keys of `ColumnShards`
std::string CatalogScript(const catalog::CatalogModel& model, const std::vector<TableFacts>& facts,
                          const std::vector<std::string>& shards);

/// `data/columns-<key>.js` by key: the distinct column names, each with the numbers of the tables
/// that have it. The key is the first letter or digit of a word of the name; `other` for the rest.
std::map<std::string, std::string> ColumnShards(const catalog::CatalogModel& model,
                                                const std::vector<TableFacts>& facts);

}  // namespace neuralake::site
