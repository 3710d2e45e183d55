#pragma once

#include <vector>

#include "neuralake/site/columns.h"
#include "neuralake/site/facts/facts.h"
#include "neuralake/site/html.h"

namespace neuralake::site {

/// The section of columns: name, type, documentation, nulls and bounds; one anchor a column.
void WriteColumnsTable(HtmlWriter& html, const std::vector<ShownColumn>& columns,
                       const TableFacts& facts);

}  // namespace neuralake::site
