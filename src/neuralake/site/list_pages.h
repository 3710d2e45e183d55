#pragma once

#include <string>
#include <vector>

#include "neuralake/catalog/model.h"
#include "neuralake/site/facts/facts.h"

namespace neuralake::site {

/// The first page: databases, filters, and the list of tables (the first `kIndexRowsMax` of them as
/// HTML, the others by script). `facts` in the order of the model.
std::string RenderIndexPage(const catalog::CatalogModel& model,
                            const std::vector<TableFacts>& facts);

/// The page of one database, with all its tables. `facts` in the order of its tables.
std::string RenderDatabasePage(const catalog::CatalogModel& model,
                               const catalog::DatabaseModel& database,
                               std::vector<const TableFacts*> facts);

}  // namespace neuralake::site
