#include "neuralake/site/facts/storage_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace neuralake::site {
namespace {

Result<std::shared_ptr<delta::Table>> OpenAnew(const std::string& location) {
  return delta::Table::OpenAt(location);
}

Result<TableFacts> Collect(const catalog::TableModel& table, const TableOpener& open,
                           const Deadline& deadline) {
  switch (table.kind) {
    case catalog::TableKind::kDelta:
      return DeltaFacts(*TRY(open(table.uri)), deadline);
    case catalog::TableKind::kParquet: {
      const TableFiles files = TRY(FindFiles(table, deadline));
      return ParquetFacts(table, files, deadline);
    }
    case catalog::TableKind::kCsv:
      return CsvFacts(TRY(FindFiles(table, deadline)));
    case catalog::TableKind::kFunction:
      return TableFacts{};
  }
  return TableFacts{};
}

void Flatten(const columnar::Field& field, const ColumnFacts* parent,
             std::vector<ColumnFacts>& out) {
  ColumnFacts column;
  if (parent != nullptr) column.path = parent->path;
  column.path.push_back(field.name);
  column.name = fmt::format("{}", fmt::join(column.path, "."));
  column.nullable = field.nullable;
  const bool is_struct = field.type.id == columnar::TypeId::kStruct;
  // The fields follow as rows of their own.
  column.type = is_struct ? "struct" : columnar::FormatType(field.type);
  out.push_back(column);
  if (!is_struct) return;
  for (const columnar::Field& child : field.type.children) Flatten(child, &column, out);
}

}  // namespace

std::vector<ColumnFacts> FlattenedColumns(const columnar::Schema& schema) {
  std::vector<ColumnFacts> columns;
  for (const columnar::Field& field : schema.fields) Flatten(field, nullptr, columns);
  return columns;
}

FactsSource FactsFromStorage(Deadline deadline, TableOpener open) {
  if (!open) open = OpenAnew;
  return [deadline, open](const catalog::DatabaseModel&, const catalog::TableModel& table) {
    Result<TableFacts> facts = Collect(table, open, deadline);
    if (facts) return std::move(*facts);
    TableFacts problem;
    problem.unwritten =
        table.kind == catalog::TableKind::kDelta && facts.error().kind == ErrorKind::kNotFound;
    if (!problem.unwritten) problem.problem = Describe(facts.error());
    return problem;
  };
}

}  // namespace neuralake::site
