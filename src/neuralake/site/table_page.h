#pragma once

#include <string>

#include "neuralake/catalog/model.h"
#include "neuralake/site/facts/facts.h"
#include "neuralake/site/snippets.h"

namespace neuralake::site {

/// The page of one table: complete without a script; every column has an anchor.
std::string RenderTablePage(const catalog::CatalogModel& model,
                            const catalog::DatabaseModel& database,
                            const catalog::TableModel& table, const TableFacts& facts,
                            const SnippetOptions& options);

}  // namespace neuralake::site
