#pragma once

#include <memory>

#include "neuralake/engine/attach/lake.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The catalog of the project as a DuckDB database: schemas are databases, tables are tables.
class LakeCatalog final : public duckdb::Catalog {
 public:
  explicit LakeCatalog(duckdb::AttachedDatabase& database) : duckdb::Catalog(database) {}

  void Initialize(bool) override {}
  duckdb::string GetCatalogType() override { return "neuralake"; }
  bool InMemory() override { return true; }
  duckdb::string GetDBPath() override { return {}; }
  bool SupportsTimeTravel() const override { return true; }
  duckdb::DatabaseSize GetDatabaseSize(duckdb::ClientContext&) override { return {}; }

  duckdb::optional_ptr<duckdb::SchemaCatalogEntry> LookupSchema(
      duckdb::CatalogTransaction transaction, const duckdb::EntryLookupInfo& lookup,
      duckdb::OnEntryNotFound if_not_found) override;
  void ScanSchemas(duckdb::ClientContext& context,
                   std::function<void(duckdb::SchemaCatalogEntry&)> callback) override;

  duckdb::PhysicalOperator& PlanInsert(
      duckdb::ClientContext& context, duckdb::PhysicalPlanGenerator& planner,
      duckdb::LogicalInsert& insert, duckdb::optional_ptr<duckdb::PhysicalOperator> plan) override;
  duckdb::PhysicalOperator& PlanDelete(duckdb::ClientContext& context,
                                       duckdb::PhysicalPlanGenerator& planner,
                                       duckdb::LogicalDelete& statement,
                                       duckdb::PhysicalOperator& rows) override;
  duckdb::PhysicalOperator& PlanUpdate(duckdb::ClientContext& context,
                                       duckdb::PhysicalPlanGenerator& planner,
                                       duckdb::LogicalUpdate& statement,
                                       duckdb::PhysicalOperator& rows) override;
  duckdb::PhysicalOperator& PlanMergeInto(duckdb::ClientContext& context,
                                          duckdb::PhysicalPlanGenerator& planner,
                                          duckdb::LogicalMergeInto& statement,
                                          duckdb::PhysicalOperator& rows) override;

  // Not by SQL: all of these refuse.
  duckdb::optional_ptr<duckdb::CatalogEntry> CreateSchema(duckdb::CatalogTransaction,
                                                          duckdb::CreateSchemaInfo&) override;
  void DropSchema(duckdb::ClientContext&, duckdb::DropInfo&) override;
  duckdb::PhysicalOperator& PlanCreateTableAs(duckdb::ClientContext&,
                                              duckdb::PhysicalPlanGenerator&,
                                              duckdb::LogicalCreateTable&,
                                              duckdb::PhysicalOperator&) override;
};

/// Attach `lake` to `database` under `kCatalogName`.
void AttachLake(duckdb::DatabaseInstance& database, std::shared_ptr<Lake> lake);

}  // namespace neuralake::engine
