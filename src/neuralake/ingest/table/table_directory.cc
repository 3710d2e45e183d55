#include "neuralake/ingest/table/table_directory.h"

#include <utility>

#include <fmt/format.h>

#include "neuralake/catalog/declared_schema.h"
#include "neuralake/ingest/table/dead_letters.h"

namespace neuralake::ingest {

TableDeclaration DeclarationOf(const catalog::DatabaseModel& database,
                               const catalog::TableModel& table) {
  TableDeclaration declaration{.name = database.name + "." + table.name,
                               .description = table.description,
                               .partition_by = table.partition_by,
                               .properties = {table.properties.begin(), table.properties.end()}};
  auto schema = catalog::DeclaredSchema(table);
  if (schema) {
    declaration.schema = *std::move(schema);
  } else {
    declaration.incomplete = schema.error().message;
  }
  return declaration;
}

TableDirectory::TableDirectory(catalog::CatalogPtr catalog, Parts parts)
    : parts_(std::move(parts)), catalog_(std::move(catalog)) {}

Result<IngestTable*> TableDirectory::Get(std::string_view database, std::string_view table) {
  std::lock_guard lock(mutex_);
  const auto* in = catalog_->Find(database);
  const auto* model = in == nullptr ? nullptr : in->Find(table);
  if (model == nullptr) {
    return Fail(ErrorKind::kNotFound,
                fmt::format("no table {}.{} in the catalog", database, table));
  }
  if (model->kind != catalog::TableKind::kDelta) {
    return Fail(ErrorKind::kInvalid, fmt::format("{}.{} is no Delta table: only those take rows",
                                                 in->name, model->name));
  }
  const auto name = in->name + "." + model->name;
  auto& entry = tables_[name];
  if (entry == nullptr) entry = Make(name, *in, *model);
  return entry.get();
}

Result<IngestTable*> TableDirectory::Get(std::string_view name) {
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) {
    return Fail(ErrorKind::kInvalid, fmt::format("'{}' is no database.table", name));
  }
  return Get(name.substr(0, dot), name.substr(dot + 1));
}

std::unique_ptr<IngestTable> TableDirectory::Make(const std::string& name,
                                                  const catalog::DatabaseModel& database,
                                                  const catalog::TableModel& table) const {
  const auto opener = [this](std::string uri) {
    return [open = parts_.open, uri = std::move(uri)] { return open(uri); };
  };
  auto made = std::make_unique<IngestTable>();
  made->name = name;
  made->uri = table.uri;
  made->rows =
      std::make_unique<TableSink>(opener(table.uri), DeclarationOf(database, table), parts_.write,
                                  parts_.on_commit, parts_.kills, parts_.clock);
  made->dead_letters =
      std::make_unique<TableSink>(opener(DeadLetterUri(table.uri)), DeadLetterDeclaration(name),
                                  parts_.write, parts_.on_commit, parts_.kills, parts_.clock);
  made->pipeline = std::make_unique<TablePipeline>(
      name, TablePipeline::Parts{.rows = *made->rows,
                                 .dead_letters = *made->dead_letters,
                                 .unknown = parts_.unknown,
                                 .flush = parts_.flush,
                                 .budget = parts_.budget,
                                 .kills = parts_.kills,
                                 .clock = parts_.clock,
                                 .wake = parts_.wake});
  return made;
}

std::vector<TableDirectory::Moved> TableDirectory::Replace(catalog::CatalogPtr catalog) {
  std::lock_guard lock(mutex_);
  catalog_ = std::move(catalog);
  std::vector<Moved> moved;
  for (const auto& [name, table] : tables_) {
    const auto dot = name.find('.');
    const auto* model = catalog_->Find(name.substr(0, dot), name.substr(dot + 1));
    if (model != nullptr && model->uri != table->uri) {
      moved.push_back({name, table->uri, model->uri});
    }
  }
  return moved;
}

std::vector<IngestTable*> TableDirectory::tables() const {
  std::lock_guard lock(mutex_);
  std::vector<IngestTable*> tables;
  for (const auto& [name, table] : tables_) tables.push_back(table.get());
  return tables;
}

}  // namespace neuralake::ingest
