#pragma once

#include <string>

#include "neuralake/catalog/model.h"

namespace neuralake::catalog {

/// All declared columns, one line each, for spreadsheets: database, table, kind, owner, column,
/// type, nullable, unit, description, tags (separated by blanks). A table without declared columns
/// has one line with the column left empty. Description and tags are the column's: those of the
/// table, its key and its partitioning are in the manifest alone.
/// \source RFC 4180
std::string ColumnsCsv(const CatalogModel& model);

}  // namespace neuralake::catalog
