#include "neuralake/engine/scan/delta_scan.h"

#include <duckdb/common/multi_file/multi_file_function.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>
#include <parquet_multi_file_info.hpp>

#include "neuralake/engine/scan/delta_file_list.h"
#include "neuralake/engine/scan/delta_reader.h"
#include "neuralake/engine/scan/required_columns.h"
#include "neuralake/engine/scan/scan_statistics.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

using duckdb::MultiFileReader;

const DeltaFileList& ListOf(const duckdb::FunctionData& data) {
  return data.Cast<duckdb::MultiFileBindData>().file_list->Cast<DeltaFileList>();
}

duckdb::unique_ptr<duckdb::BaseStatistics> Statistics(duckdb::ClientContext&,
                                                      const duckdb::FunctionData* data,
                                                      duckdb::column_t column) {
  return ColumnStatistics(ListOf(*data), column);
}

duckdb::vector<duckdb::PartitionStatistics> PartitionStats(duckdb::ClientContext&,
                                                           duckdb::GetPartitionStatsInput& input) {
  return FileStatistics(ListOf(*input.bind_data));
}

duckdb::BindInfo GetBindInfo(const duckdb::optional_ptr<duckdb::FunctionData> data) {
  auto* entry = ListOf(*data).source()->entry;
  if (entry != nullptr) return duckdb::BindInfo(*entry);
  return duckdb::BindInfo(duckdb::ScanType::EXTERNAL);
}

duckdb::virtual_column_map_t VirtualColumns(duckdb::ClientContext&,
                                            duckdb::optional_ptr<duckdb::FunctionData> data) {
  auto columns = DeltaVirtualColumns();
  data->Cast<duckdb::MultiFileBindData>().virtual_columns = columns;
  return columns;
}

// A copy of the plan would be bound again without our source: DuckDB then keeps the original.
void RefuseCopy(duckdb::Serializer&, const duckdb::optional_ptr<duckdb::FunctionData>,
                const duckdb::TableFunction&) {
  throw duckdb::NotImplementedException("a scan of a Delta table cannot be copied");
}

duckdb::InsertionOrderPreservingMap<duckdb::string> ToString(
    duckdb::TableFunctionToStringInput& input) {
  duckdb::InsertionOrderPreservingMap<duckdb::string> shown;
  const DeltaSource& source = *ListOf(*input.bind_data).source();
  shown["Table"] = source.name();
  shown["Version"] = std::to_string(source.snapshot().version());
  return shown;
}

// A null where the schema allows none is another file's, or a missing column's: the optimizer has
// already counted on there being none.
void CheckRequired(const duckdb::MultiFileGlobalState& scan, const DeltaSource& source,
                   const duckdb::BaseFileReader& reader, duckdb::DataChunk& rows) {
  const auto& columns = source.columns();
  const auto found = FirstForbiddenNull(
      scan, rows, [&](std::size_t column) { return !columns.at(column).field.nullable; });
  if (!found) return;
  source.ThrowUnreadable(DeltaSource::FileNumber(reader.file),
                         {ErrorKind::kCorruption,
                          "column " + columns[*found].field.name + " must not be null, and is",
                          {},
                          -1});
}

/// Read the next rows; what the Parquet reader says of bytes that make no sense gets the name of
/// their file. What a function in a filter says of its arguments does not: the reader runs filters.
void Scan(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
          duckdb::DataChunk& output) {
  using Parquet = duckdb::MultiFileFunction<duckdb::ParquetMultiFileInfo>;
  try {
    Parquet::MultiFileScan(context, input, output);
    if (output.size() == 0) return;
    CheckRequired(input.global_state->Cast<duckdb::MultiFileGlobalState>(),
                  *ListOf(*input.bind_data).source(),
                  *input.local_state->Cast<duckdb::MultiFileLocalState>().reader, output);
  } catch (const std::exception& thrown) {
    const duckdb::ErrorData error(thrown);
    const bool of_bytes = error.Type() == duckdb::ExceptionType::INVALID ||
                          error.Type() == duckdb::ExceptionType::INVALID_INPUT ||
                          error.Type() == duckdb::ExceptionType::IO;
    const auto& reader = input.local_state->Cast<duckdb::MultiFileLocalState>().reader;
    const bool named = reader && error.RawMessage().find(reader->file.path) != std::string::npos;
    if (!of_bytes || !reader || named || IsOurs(error) || IsOfFunction(error)) throw;
    throw duckdb::IOException("Failed to read file \"%s\": %s", reader->file.path,
                              error.RawMessage());
  }
}

}  // namespace

duckdb::virtual_column_map_t DeltaVirtualColumns() {
  using duckdb::LogicalType;
  using duckdb::TableColumn;
  duckdb::virtual_column_map_t columns;
  columns.emplace(MultiFileReader::COLUMN_IDENTIFIER_FILENAME,
                  TableColumn("filename", LogicalType::VARCHAR));
  columns.emplace(MultiFileReader::COLUMN_IDENTIFIER_FILE_INDEX,
                  TableColumn("file_index", LogicalType::UBIGINT));
  columns.emplace(MultiFileReader::COLUMN_IDENTIFIER_FILE_ROW_NUMBER,
                  TableColumn("file_row_number", LogicalType::BIGINT));
  columns.emplace(duckdb::COLUMN_IDENTIFIER_EMPTY, TableColumn("", LogicalType::BOOLEAN));
  return columns;
}

duckdb::TableFunction BindDeltaScan(duckdb::ClientContext& context, const DeltaSourcePtr& source,
                                    duckdb::unique_ptr<duckdb::FunctionData>& bind_data) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(context);
  auto& entry =
      catalog.GetEntry<duckdb::TableFunctionCatalogEntry>(context, DEFAULT_SCHEMA, "parquet_scan");
  auto function = entry.functions.GetFunctionByArguments(context, {duckdb::LogicalType::VARCHAR});
  function.name = "delta_scan";
  function.function_info = source;
  function.function = Scan;
  function.get_multi_file_reader = DeltaReader::Make;
  function.statistics = Statistics;
  function.get_partition_stats = PartitionStats;
  function.get_bind_info = GetBindInfo;
  function.get_virtual_columns = VirtualColumns;
  function.to_string = ToString;
  function.serialize = RefuseCopy;
  function.verify_serialization = false;

  duckdb::vector<duckdb::Value> inputs{duckdb::Value("")};
  duckdb::named_parameter_map_t named;
  named["can_have_nan"] = duckdb::Value::BOOLEAN(true);
  duckdb::vector<duckdb::LogicalType> no_types;
  duckdb::vector<duckdb::string> no_names;
  const duckdb::TableFunctionRef reference;
  duckdb::TableFunctionBindInput input(inputs, named, no_types, no_names,
                                       function.function_info.get(), nullptr, function, reference);
  duckdb::vector<duckdb::LogicalType> types;
  duckdb::vector<duckdb::string> names;
  bind_data = function.bind(context, input, types, names);
  VirtualColumns(context, bind_data.get());
  return function;
}

}  // namespace neuralake::engine
