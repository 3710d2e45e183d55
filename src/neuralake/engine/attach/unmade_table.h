#pragma once

#include <string>
#include <vector>

#include "neuralake/catalog/model.h"
#include "neuralake/engine/attach/lake.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// A Delta table that is declared and of which nothing is stored yet.
struct UnmadeTable {
  std::string name;      ///< `aviation.flights`.
  std::string location;  ///< As in the catalog.
  delta::Metadata metadata;

  /// Make it, unless somebody else just did.
  /// \errors kInvalid  its definition asks for what makes no sense; and what the store answers
  Result<DeltaSourcePtr> Make(Lake& lake, const Deadline& deadline) const;
};

/// What a statement would make of `table`.
/// \errors kInvalid  as `catalog::DeclaredSchema`
Result<UnmadeTable> Unmade(const std::string& name, const catalog::TableModel& table);

/// The entry of one: rows can be put into it and none be read.
class UnmadeEntry final : public duckdb::TableCatalogEntry {
 public:
  /// \param why  what a scan is answered
  UnmadeEntry(duckdb::SchemaCatalogEntry& schema, duckdb::CreateTableInfo& info, UnmadeTable table,
              Error why);

  const UnmadeTable& table() const { return table_; }

  duckdb::TableFunction GetScanFunction(
      duckdb::ClientContext& context, duckdb::unique_ptr<duckdb::FunctionData>& bind_data) override;
  duckdb::unique_ptr<duckdb::BaseStatistics> GetStatistics(duckdb::ClientContext&,
                                                           duckdb::column_t) override;
  duckdb::TableStorageInfo GetStorageInfo(duckdb::ClientContext& context) override;

 private:
  UnmadeTable table_;
  Error why_;
};

}  // namespace neuralake::engine
