#include "neuralake/engine/attach/unmade_table.h"

#include <algorithm>
#include <utility>

#include <duckdb/storage/table_storage_info.hpp>

#include "neuralake/catalog/declared_schema.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

/// Whether rows of the one are rows of the other. What else the fields of a stored table say, such
/// as its own names for them, is not compared.
bool HaveSameColumns(const delta::Metadata& one, const delta::Metadata& other) {
  const auto is_same = [](const ScanColumn& a, const ScanColumn& b) {
    return a.field.name == b.field.name && a.field.nullable == b.field.nullable && a.type == b.type;
  };
  return std::ranges::equal(ScanColumns(one), ScanColumns(other), is_same);
}

}  // namespace

Result<DeltaSourcePtr> UnmadeTable::Make(Lake& lake, const Deadline& deadline) const {
  const auto table = TRY(lake.Table(location));
  delta::CommitInfo info;
  info.operation = "CREATE TABLE";
  auto created = table->Create(metadata, {}, std::move(info), deadline);
  if (created) return lake.Source(location, created->snapshot, name);
  // Somebody else made it, or we did and did not hear of it.
  const auto kind = created.error().kind;
  if (kind != ErrorKind::kAlreadyExists && kind != ErrorKind::kUnknownOutcome) {
    return Annotate(std::move(created).error(), "making table " + name);
  }
  auto snapshot = TRY(table->Latest(deadline));
  if (!HaveSameColumns(snapshot->metadata(), metadata)) {
    return Fail(ErrorKind::kConflict, "table " + name +
                                          " was made meanwhile, with other columns than it is "
                                          "declared with: run the statement again");
  }
  return lake.Source(location, std::move(snapshot), name);
}

Result<UnmadeTable> Unmade(const std::string& name, const catalog::TableModel& table) {
  UnmadeTable unmade{.name = name, .location = table.uri, .metadata = {}};
  unmade.metadata.name = name;
  if (!table.description.empty()) unmade.metadata.description = table.description;
  unmade.metadata.schema = TRY(catalog::DeclaredSchema(table));
  unmade.metadata.partition_columns = table.partition_by;
  unmade.metadata.configuration = {table.properties.begin(), table.properties.end()};
  return unmade;
}

UnmadeEntry::UnmadeEntry(duckdb::SchemaCatalogEntry& of, duckdb::CreateTableInfo& info,
                         UnmadeTable table, Error why)
    : duckdb::TableCatalogEntry(of.catalog, of, info),
      table_(std::move(table)),
      why_(std::move(why)) {}

duckdb::TableFunction UnmadeEntry::GetScanFunction(duckdb::ClientContext&,
                                                   duckdb::unique_ptr<duckdb::FunctionData>&) {
  ThrowError(why_);
}

duckdb::unique_ptr<duckdb::BaseStatistics> UnmadeEntry::GetStatistics(duckdb::ClientContext&,
                                                                      duckdb::column_t) {
  return nullptr;
}

duckdb::TableStorageInfo UnmadeEntry::GetStorageInfo(duckdb::ClientContext&) { return {}; }

}  // namespace neuralake::engine
