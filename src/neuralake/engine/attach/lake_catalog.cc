#include "neuralake/engine/attach/lake_catalog.h"

#include <duckdb/parser/parsed_data/attach_info.hpp>
#include <duckdb/storage/database_size.hpp>

#include "neuralake/engine/attach/lake_schema.h"
#include "neuralake/engine/attach/lake_transaction.h"
#include "neuralake/engine/change/lake_delete.h"
#include "neuralake/engine/change/lake_insert.h"
#include "neuralake/engine/change/lake_merge.h"
#include "neuralake/engine/change/lake_update.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

constexpr const char* kStorageType = "neuralake";

/// Hands the lake to the functions that DuckDB calls when the catalog is attached.
struct LakeInfo final : duckdb::StorageExtensionInfo {
  explicit LakeInfo(std::shared_ptr<Lake> l) : lake(std::move(l)) {}
  std::shared_ptr<Lake> lake;
};

duckdb::unique_ptr<duckdb::Catalog> Attach(duckdb::optional_ptr<duckdb::StorageExtensionInfo>,
                                           duckdb::ClientContext&,
                                           duckdb::AttachedDatabase& database,
                                           const duckdb::string&, duckdb::AttachInfo&,
                                           duckdb::AttachOptions&) {
  return duckdb::make_uniq<LakeCatalog>(database);
}

duckdb::unique_ptr<duckdb::TransactionManager> MakeTransactions(
    duckdb::optional_ptr<duckdb::StorageExtensionInfo> info, duckdb::AttachedDatabase& database,
    duckdb::Catalog&) {
  // The base has no cast of its own; only `AttachLake` registers this type.
  auto& lake = static_cast<LakeInfo&>(*info);
  return duckdb::make_uniq<LakeTransactionManager>(database, lake.lake);
}

}  // namespace

duckdb::optional_ptr<duckdb::SchemaCatalogEntry> LakeCatalog::LookupSchema(
    duckdb::CatalogTransaction transaction, const duckdb::EntryLookupInfo& lookup,
    duckdb::OnEntryNotFound if_not_found) {
  const auto& name = lookup.GetEntryName();
  if (transaction.transaction) {
    auto* schema = transaction.transaction->Cast<LakeTransaction>().Schema(*this, name);
    if (schema != nullptr) return schema;
  }
  if (if_not_found == duckdb::OnEntryNotFound::RETURN_NULL) return nullptr;
  ThrowError({ErrorKind::kNotFound, "no database " + name, {}, -1});
}

void LakeCatalog::ScanSchemas(duckdb::ClientContext& context,
                              std::function<void(duckdb::SchemaCatalogEntry&)> callback) {
  auto& transaction = duckdb::Transaction::Get(context, *this).Cast<LakeTransaction>();
  for (const auto& database : transaction.model().databases) {
    callback(*transaction.Schema(*this, database.name));
  }
}

duckdb::PhysicalOperator& LakeCatalog::PlanInsert(
    duckdb::ClientContext& context, duckdb::PhysicalPlanGenerator& planner,
    duckdb::LogicalInsert& insert, duckdb::optional_ptr<duckdb::PhysicalOperator> plan) {
  return PlanLakeInsert(context, planner, insert, plan.get());
}

duckdb::optional_ptr<duckdb::CatalogEntry> LakeCatalog::CreateSchema(duckdb::CatalogTransaction,
                                                                     duckdb::CreateSchemaInfo&) {
  RefuseDefinition();
}
void LakeCatalog::DropSchema(duckdb::ClientContext&, duckdb::DropInfo&) { RefuseDefinition(); }

duckdb::PhysicalOperator& LakeCatalog::PlanCreateTableAs(duckdb::ClientContext&,
                                                         duckdb::PhysicalPlanGenerator&,
                                                         duckdb::LogicalCreateTable&,
                                                         duckdb::PhysicalOperator&) {
  RefuseDefinition();
}

duckdb::PhysicalOperator& LakeCatalog::PlanDelete(duckdb::ClientContext& context,
                                                  duckdb::PhysicalPlanGenerator& planner,
                                                  duckdb::LogicalDelete& statement,
                                                  duckdb::PhysicalOperator& rows) {
  return PlanLakeDelete(context, planner, statement, rows);
}

duckdb::PhysicalOperator& LakeCatalog::PlanUpdate(duckdb::ClientContext& context,
                                                  duckdb::PhysicalPlanGenerator& planner,
                                                  duckdb::LogicalUpdate& statement,
                                                  duckdb::PhysicalOperator& rows) {
  return PlanLakeUpdate(context, planner, statement, rows);
}

duckdb::PhysicalOperator& LakeCatalog::PlanMergeInto(duckdb::ClientContext& context,
                                                     duckdb::PhysicalPlanGenerator& planner,
                                                     duckdb::LogicalMergeInto& statement,
                                                     duckdb::PhysicalOperator& rows) {
  return PlanLakeMerge(context, planner, statement, rows);
}

void AttachLake(duckdb::DatabaseInstance& database, std::shared_ptr<Lake> lake) {
  auto extension = duckdb::make_shared_ptr<duckdb::StorageExtension>();
  extension->attach = Attach;
  extension->create_transaction_manager = MakeTransactions;
  extension->storage_info = duckdb::make_shared_ptr<LakeInfo>(std::move(lake));
  auto& config = duckdb::DBConfig::GetConfig(database);
  duckdb::StorageExtension::Register(config, kStorageType, std::move(extension));
  duckdb::Connection connection(database);
  connection.context->RunFunctionInTransaction([&] {
    duckdb::AttachInfo info;
    info.name = kCatalogName;
    duckdb::AttachOptions options(config.options);
    options.db_type = kStorageType;
    duckdb::DatabaseManager::Get(database).AttachDatabase(*connection.context, info, options);
  });
}

}  // namespace neuralake::engine
