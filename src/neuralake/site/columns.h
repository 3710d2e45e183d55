#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/catalog/model.h"
#include "neuralake/site/facts/facts.h"

namespace neuralake::site {

/// A column as a page shows it: what the definition says and what the data says, together.
struct ShownColumn {
  std::string name;       ///< Dotted for a field of a struct.
  std::size_t depth = 0;  ///< 0 for a column of the table.
  std::string type;       ///< Short name; empty when neither side knows.
  bool nullable = true;
  const catalog::Column* declared = nullptr;  ///< Points into the model; null when undeclared.
  std::optional<ColumnFacts> facts;           ///< Nothing when not found in the data.
  bool in_key = false;
  bool in_partition = false;
};

/// The columns of `table`: as found in the data, then those that are only declared.
std::vector<ShownColumn> MergeColumns(const catalog::TableModel& table, const TableFacts& facts);

}  // namespace neuralake::site
