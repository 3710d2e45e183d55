#pragma once

#include "neuralake/engine/attach/lake_transaction.h"
#include "neuralake/engine/duck.h"

namespace duckdb {
class BoundAtClause;
}

namespace neuralake::engine {

class LakeSchema;

/// The entry of `table` for a statement that reads or writes it; made once a transaction.
///
/// A Delta table is pinned at the snapshot that the AT clause names, or at the newest.
/// \errors kNotFound     the table's data, or the version asked for, is not there
///         kUnsupported  an AT clause on a table without versions
Result<duckdb::CatalogEntry*> FindEntry(LakeSchema& schema, duckdb::ClientContext& context,
                                        LakeTransaction& transaction,
                                        const catalog::DatabaseModel& database,
                                        const catalog::TableModel& table,
                                        duckdb::optional_ptr<duckdb::BoundAtClause> at);

/// The entry of `table` for listings: its columns are those of the definition, or of the last
/// snapshot that somebody looked at. Reads nothing.
duckdb::CatalogEntry* ListedEntry(LakeSchema& schema, LakeTransaction& transaction,
                                  const catalog::DatabaseModel& database,
                                  const catalog::TableModel& table);

/// A Delta table at one snapshot.
class DeltaEntry final : public duckdb::TableCatalogEntry {
 public:
  DeltaEntry(duckdb::SchemaCatalogEntry& schema, duckdb::CreateTableInfo& info,
             DeltaSourcePtr source, std::string location);

  const DeltaSourcePtr& source() const { return source_; }
  const std::string& location() const { return location_; }

  duckdb::TableFunction GetScanFunction(
      duckdb::ClientContext& context, duckdb::unique_ptr<duckdb::FunctionData>& bind_data) override;
  duckdb::unique_ptr<duckdb::BaseStatistics> GetStatistics(duckdb::ClientContext&,
                                                           duckdb::column_t) override;
  duckdb::TableStorageInfo GetStorageInfo(duckdb::ClientContext& context) override;
  duckdb::virtual_column_map_t GetVirtualColumns() const override;
  duckdb::vector<duckdb::column_t> GetRowIdColumns() const override;
  void BindUpdateConstraints(duckdb::Binder& binder, duckdb::LogicalGet& scan,
                             duckdb::LogicalProjection& projection, duckdb::LogicalUpdate& update,
                             duckdb::ClientContext& context) override;

 private:
  DeltaSourcePtr source_;
  std::string location_;
};

}  // namespace neuralake::engine
