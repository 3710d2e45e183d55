#include "neuralake/site/columns.h"

#include <algorithm>

namespace neuralake::site {
namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

ShownColumn Found(const catalog::TableModel& table, const ColumnFacts& facts) {
  ShownColumn shown;
  shown.name = facts.name;
  shown.depth = facts.path.empty() ? 0 : facts.path.size() - 1;
  shown.type = facts.type;
  shown.nullable = facts.nullable;
  shown.declared = table.Find(facts.name);
  shown.facts = facts;
  return shown;
}

ShownColumn Declared(const catalog::Column& column) {
  ShownColumn shown;
  shown.name = column.name;
  if (column.type) shown.type = columnar::FormatType(*column.type);
  shown.nullable = column.nullable;
  shown.declared = &column;
  return shown;
}

}  // namespace

std::vector<ShownColumn> MergeColumns(const catalog::TableModel& table, const TableFacts& facts) {
  std::vector<ShownColumn> shown;
  for (const ColumnFacts& column : facts.columns) shown.push_back(Found(table, column));
  for (const catalog::Column& column : table.columns) {
    const bool found = std::ranges::any_of(
        facts.columns, [&](const ColumnFacts& other) { return other.name == column.name; });
    if (!found) shown.push_back(Declared(column));
  }
  for (ShownColumn& column : shown) {
    column.in_key = Contains(table.key, column.name);
    column.in_partition =
        Contains(facts.partition_by, column.name) || Contains(table.partition_by, column.name);
  }
  return shown;
}

}  // namespace neuralake::site
