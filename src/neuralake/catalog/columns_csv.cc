#include "neuralake/catalog/columns_csv.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace neuralake::catalog {
namespace {

void AppendRow(std::string& out, const std::vector<std::string_view>& cells) {
  bool first = true;
  for (const auto cell : cells) {
    if (!first) out += ',';
    first = false;
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
      out += cell;
      continue;
    }
    out += '"';
    for (const char c : cell) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += "\r\n";
}

}  // namespace

std::string ColumnsCsv(const CatalogModel& model) {
  std::string out;
  AppendRow(out, {"database", "table", "kind", "owner", "column", "type", "nullable", "unit",
                  "description", "tags"});
  for (const DatabaseModel& database : model.databases) {
    for (const TableModel& table : database.tables) {
      const std::string_view kind = KindName(table.kind);
      if (table.columns.empty()) {
        AppendRow(out, {database.name, table.name, kind, table.owner, "", "", "", "", "", ""});
      }
      for (const Column& column : table.columns) {
        const std::string type = column.type ? columnar::FormatType(*column.type) : "";
        const std::string tags = fmt::format("{}", fmt::join(column.tags, " "));
        AppendRow(out, {database.name, table.name, kind, table.owner, column.name, type,
                        column.nullable ? "true" : "false", column.unit, column.description, tags});
      }
    }
  }
  return out;
}

}  // namespace neuralake::catalog
