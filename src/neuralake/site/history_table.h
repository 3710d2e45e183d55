#pragma once

#include "neuralake/site/facts/facts.h"
#include "neuralake/site/html.h"

namespace neuralake::site {

/// The section of partitions; nothing for a table without any.
void WritePartitions(HtmlWriter& html, const TableFacts& facts);

/// The section of versions, newest first, with a bar a commit; nothing without a history.
void WriteHistory(HtmlWriter& html, const TableFacts& facts);

}  // namespace neuralake::site
