#pragma once

#include <memory>

#include "neuralake/engine/duck.h"
#include "neuralake/engine/scan/delta_source.h"
#include "neuralake/engine/scan/file_schema.h"

namespace neuralake::engine {

/// Makes DuckDB's Parquet scan read the files of a Delta snapshot: their list, columns, partition
/// values and deletions come from the log.
///
/// \threads safe from any thread once made
class DeltaReader final : public duckdb::MultiFileReader {
 public:
  explicit DeltaReader(DeltaSourcePtr source);

  /// For `TableFunction::get_multi_file_reader`; the function's info is the `DeltaSource`.
  static duckdb::unique_ptr<duckdb::MultiFileReader> Make(const duckdb::TableFunction& function);

  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(
      duckdb::ClientContext& context, const duckdb::vector<duckdb::string>& paths,
      const duckdb::FileGlobInput& glob_input) override;

  bool Bind(duckdb::MultiFileOptions& options, duckdb::MultiFileList& files,
            duckdb::vector<duckdb::LogicalType>& return_types,
            duckdb::vector<duckdb::string>& names,
            duckdb::MultiFileReaderBindData& bind_data) override;

  duckdb::shared_ptr<duckdb::BaseFileReader> CreateReader(
      duckdb::ClientContext& context, duckdb::GlobalTableFunctionState& gstate,
      const duckdb::OpenFileInfo& file, duckdb::idx_t file_idx,
      const duckdb::MultiFileBindData& bind_data) override;

  duckdb::ReaderInitializeType InitializeReader(
      duckdb::MultiFileReaderData& reader_data, const duckdb::MultiFileBindData& bind_data,
      const duckdb::vector<duckdb::MultiFileColumnDefinition>& global_columns,
      const duckdb::vector<duckdb::ColumnIndex>& global_column_ids,
      duckdb::optional_ptr<duckdb::TableFilterSet> table_filters, duckdb::ClientContext& context,
      duckdb::MultiFileGlobalState& gstate) override;

  void FinalizeBind(duckdb::MultiFileReaderData& reader_data,
                    const duckdb::MultiFileOptions& file_options,
                    const duckdb::MultiFileReaderBindData& options,
                    const duckdb::vector<duckdb::MultiFileColumnDefinition>& global_columns,
                    const duckdb::vector<duckdb::ColumnIndex>& global_column_ids,
                    duckdb::ClientContext& context,
                    duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState> global_state) override;

  duckdb::unique_ptr<duckdb::MultiFileReader> Copy() const override;

 private:
  DeltaSourcePtr source_;
  std::shared_ptr<const FileLayout> layout_;
};

}  // namespace neuralake::engine
