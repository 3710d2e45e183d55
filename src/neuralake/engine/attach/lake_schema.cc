#include "neuralake/engine/attach/lake_schema.h"

#include <duckdb/catalog/similar_catalog_entry.hpp>
#include <duckdb/parser/parsed_data/create_schema_info.hpp>

#include "neuralake/engine/attach/lake_transaction.h"
#include "neuralake/engine/attach/table_entries.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

using duckdb::CatalogEntry;
using duckdb::CatalogTransaction;
using duckdb::optional_ptr;

duckdb::CreateSchemaInfo& SchemaInfo(duckdb::CreateSchemaInfo& info, const std::string& name) {
  info.schema = name;
  return info;
}

}  // namespace

void RefuseDefinition() {
  ThrowError({ErrorKind::kUnsupported,
              "tables are defined in code: change the definitions and build the catalog again",
              {},
              -1});
}

LakeSchema::LakeSchema(duckdb::Catalog& of, const catalog::DatabaseModel& model)
    : duckdb::SchemaCatalogEntry(
          of, SchemaInfo(*duckdb::make_uniq<duckdb::CreateSchemaInfo>(), model.name)),
      model_(model) {}

const catalog::TableModel* LakeSchema::FindTable(const std::string& table) const {
  return model_.Find(table);
}

optional_ptr<CatalogEntry> LakeSchema::LookupEntry(CatalogTransaction transaction,
                                                   const duckdb::EntryLookupInfo& lookup) {
  // Every statement looks up functions and types here too; only tables can be found.
  if (lookup.GetCatalogType() != duckdb::CatalogType::TABLE_ENTRY) return nullptr;
  const auto* table = FindTable(lookup.GetEntryName());
  if (table == nullptr) return nullptr;
  return OrThrow(FindEntry(*this, transaction.GetContext(),
                           transaction.transaction->Cast<LakeTransaction>(), model_, *table,
                           lookup.GetAtClause()));
}

duckdb::SimilarCatalogEntry LakeSchema::GetSimilarEntry(CatalogTransaction,
                                                        const duckdb::EntryLookupInfo&) {
  return {};  // a suggestion would make an entry for every table
}

void LakeSchema::Scan(duckdb::ClientContext& context, duckdb::CatalogType kind,
                      const std::function<void(CatalogEntry&)>& callback) {
  if (kind != duckdb::CatalogType::TABLE_ENTRY) return;
  auto& transaction = duckdb::Transaction::Get(context, catalog).Cast<LakeTransaction>();
  for (const auto& table : model_.tables) {
    callback(*ListedEntry(*this, transaction, model_, table));
  }
}

void LakeSchema::Scan(duckdb::CatalogType, const std::function<void(CatalogEntry&)>&) {}

optional_ptr<CatalogEntry> LakeSchema::CreateIndex(CatalogTransaction, duckdb::CreateIndexInfo&,
                                                   duckdb::TableCatalogEntry&) {
  RefuseDefinition();
}
optional_ptr<CatalogEntry> LakeSchema::CreateFunction(CatalogTransaction,
                                                      duckdb::CreateFunctionInfo&) {
  RefuseDefinition();
}
optional_ptr<CatalogEntry> LakeSchema::CreateTable(CatalogTransaction,
                                                   duckdb::BoundCreateTableInfo&) {
  RefuseDefinition();
}
optional_ptr<CatalogEntry> LakeSchema::CreateView(CatalogTransaction, duckdb::CreateViewInfo&) {
  RefuseDefinition();
}
optional_ptr<CatalogEntry> LakeSchema::CreateSequence(CatalogTransaction,
                                                      duckdb::CreateSequenceInfo&) {
  RefuseDefinition();
}
optional_ptr<CatalogEntry> LakeSchema::CreateTableFunction(CatalogTransaction,
                                                           duckdb::CreateTableFunctionInfo&) {
  RefuseDefinition();
}
optional_ptr<CatalogEntry> LakeSchema::CreateCopyFunction(CatalogTransaction,
                                                          duckdb::CreateCopyFunctionInfo&) {
  RefuseDefinition();
}
optional_ptr<CatalogEntry> LakeSchema::CreatePragmaFunction(CatalogTransaction,
                                                            duckdb::CreatePragmaFunctionInfo&) {
  RefuseDefinition();
}
optional_ptr<CatalogEntry> LakeSchema::CreateCollation(CatalogTransaction,
                                                       duckdb::CreateCollationInfo&) {
  RefuseDefinition();
}
optional_ptr<CatalogEntry> LakeSchema::CreateType(CatalogTransaction, duckdb::CreateTypeInfo&) {
  RefuseDefinition();
}
void LakeSchema::DropEntry(duckdb::ClientContext&, duckdb::DropInfo&) { RefuseDefinition(); }
void LakeSchema::Alter(CatalogTransaction, duckdb::AlterInfo&) { RefuseDefinition(); }

}  // namespace neuralake::engine
