#include "neuralake/engine/attach/function_tables.h"

#include <mutex>

#include <arrow/array.h>
#include <arrow/c/bridge.h>
#include <arrow/compute/cast.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <duckdb/function/table/arrow.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>
#include <duckdb/storage/table_storage_info.hpp>

#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"
#include "neuralake/engine/types/duck_type.h"

namespace neuralake::engine {
namespace {

/// What one entry scans: a function not yet run, or the table that it returned.
struct FunctionSource {
  Lake* lake = nullptr;
  duckdb::shared_ptr<StatementState> statement;
  FunctionCall call;
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<arrow::Table> table;  ///< Null: run when the scan begins.
};

void CheckArrow(const arrow::Status& status) {
  if (!status.ok()) ThrowError({ErrorKind::kInvalid, status.message(), {}, -1});
}

template <class T>
T ArrowValue(arrow::Result<T> result) {
  CheckArrow(result.status());
  return *std::move(result);
}

/// Gives `columns` of what `input` reads, in their order and of the declared types.
class SelectedReader final : public arrow::RecordBatchReader {
 public:
  SelectedReader(std::shared_ptr<arrow::RecordBatchReader> input,
                 std::shared_ptr<arrow::Schema> wanted, std::string function)
      : input_(std::move(input)), wanted_(std::move(wanted)), function_(std::move(function)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return wanted_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    std::shared_ptr<arrow::RecordBatch> whole;
    ARROW_RETURN_NOT_OK(input_->ReadNext(&whole));
    if (!whole) {
      *batch = nullptr;
      return arrow::Status::OK();
    }
    arrow::ArrayVector columns;
    for (const auto& field : wanted_->fields()) {
      auto column = whole->GetColumnByName(field->name());
      if (!column) {
        return arrow::Status::Invalid(function_, " returned no column ", field->name());
      }
      if (!column->type()->Equals(field->type())) {
        ARROW_ASSIGN_OR_RAISE(column, Declared(*column, *field));
      }
      columns.push_back(std::move(column));
    }
    *batch = arrow::RecordBatch::Make(wanted_, whole->num_rows(), std::move(columns));
    return arrow::Status::OK();
  }

 private:
  // Frames come with large or view strings, dictionaries and wider integers: all fine when the
  // values fit.
  arrow::Result<std::shared_ptr<arrow::Array>> Declared(const arrow::Array& column,
                                                        const arrow::Field& field) const {
    auto cast = arrow::compute::Cast(column, field.type());
    if (cast.ok()) return cast;
    return arrow::Status::Invalid(function_, " returned column ", field.name(), " as ",
                                  column.type()->ToString(), ", which does not fit the declared ",
                                  field.type()->ToString(), ": ", cast.status().message());
  }

  std::shared_ptr<arrow::RecordBatchReader> input_;
  std::shared_ptr<arrow::Schema> wanted_;
  std::string function_;
};

Result<std::shared_ptr<arrow::RecordBatchReader>> Run(const FunctionSource& source,
                                                      const FunctionCall& call) {
  auto reader = source.lake->functions()->Run(call, source.statement->deadline());
  if (!reader.has_value() && reader.error().kind == ErrorKind::kDeadlineExceeded) {
    source.statement->NoteTimeout(reader.error().message);
  }
  return reader;
}

std::shared_ptr<arrow::RecordBatchReader> Start(const FunctionSource& source,
                                                const std::vector<std::string>& columns) {
  if (source.table) return std::make_shared<arrow::TableBatchReader>(source.table);
  FunctionCall call = source.call;
  call.columns = columns;
  return OrThrow(Run(source, call));
}

// Called by DuckDB's arrow_scan when the scan begins.
duckdb::unique_ptr<duckdb::ArrowArrayStreamWrapper> Produce(
    std::uintptr_t factory, duckdb::ArrowStreamParameters& parameters) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): DuckDB hands it on as a number.
  const auto& source = *reinterpret_cast<const FunctionSource*>(factory);
  const auto& wanted = parameters.projected_columns.columns;
  arrow::FieldVector fields;
  for (const auto& name : wanted) fields.push_back(source.schema->GetFieldByName(name));
  auto reader = std::make_shared<SelectedReader>(Start(source, {wanted.begin(), wanted.end()}),
                                                 arrow::schema(fields), source.call.Named());
  auto stream = duckdb::make_uniq<duckdb::ArrowArrayStreamWrapper>();
  CheckArrow(arrow::ExportRecordBatchReader(reader, &stream->arrow_array_stream));
  return stream;
}

void GetSchema(ArrowArrayStream* factory, ArrowSchema& schema) {
  const auto& source = *reinterpret_cast<const FunctionSource*>(factory);
  CheckArrow(arrow::ExportSchema(*source.schema, &schema));
}

struct SourceInfo final : duckdb::TableFunctionInfo {
  FunctionSource source;
};

/// A scan of the function with the columns that DuckDB finds in it.
struct BoundFunction {
  duckdb::TableFunction function;
  duckdb::unique_ptr<duckdb::FunctionData> data;
  duckdb::vector<duckdb::string> names;
  duckdb::vector<duckdb::LogicalType> types;
};

void RefuseCopy(duckdb::Serializer&, const duckdb::optional_ptr<duckdb::FunctionData>,
                const duckdb::TableFunction&) {
  throw duckdb::NotImplementedException("a scan of a function table cannot be copied");
}

BoundFunction Bind(duckdb::ClientContext& context, const duckdb::shared_ptr<SourceInfo>& info) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(context);
  auto& entry =
      catalog.GetEntry<duckdb::TableFunctionCatalogEntry>(context, DEFAULT_SCHEMA, "arrow_scan");
  const duckdb::vector<duckdb::LogicalType> pointers(3, duckdb::LogicalType::POINTER);
  BoundFunction bound;
  bound.function = entry.functions.GetFunctionByArguments(context, pointers);
  bound.function.name = "function_scan";
  bound.function.function_info = info;
  // DuckDB drops a filter that it pushed into an Arrow stream: the stream would have to apply it.
  bound.function.filter_pushdown = false;
  bound.function.filter_prune = false;
  bound.function.serialize = RefuseCopy;
  bound.function.verify_serialization = false;
  duckdb::vector<duckdb::Value> inputs{
      duckdb::Value::POINTER(reinterpret_cast<std::uintptr_t>(&info->source)),
      duckdb::Value::POINTER(reinterpret_cast<std::uintptr_t>(&Produce)),
      duckdb::Value::POINTER(reinterpret_cast<std::uintptr_t>(&GetSchema))};
  duckdb::named_parameter_map_t named;
  duckdb::vector<duckdb::LogicalType> no_types;
  duckdb::vector<duckdb::string> no_names;
  const duckdb::TableFunctionRef reference;
  duckdb::TableFunctionBindInput input(inputs, named, no_types, no_names, info.get(), nullptr,
                                       bound.function, reference);
  bound.data = bound.function.bind(context, input, bound.types, bound.names);
  return bound;
}

/// What a function returned may have columns that SQL has no type for.
Result<BoundFunction> BindReturned(duckdb::ClientContext& context,
                                   const duckdb::shared_ptr<SourceInfo>& info) {
  try {
    return Bind(context, info);
  } catch (const std::exception& thrown) {
    return Annotate(FromDuckError(duckdb::ErrorData(thrown)), info->source.call.Named());
  }
}

class FunctionEntry final : public duckdb::TableCatalogEntry {
 public:
  FunctionEntry(duckdb::SchemaCatalogEntry& of, duckdb::CreateTableInfo& info,
                duckdb::shared_ptr<SourceInfo> source)
      : duckdb::TableCatalogEntry(of.catalog, of, info), source_(std::move(source)) {}

  duckdb::TableFunction GetScanFunction(
      duckdb::ClientContext& context,
      duckdb::unique_ptr<duckdb::FunctionData>& bind_data) override {
    auto bound = Bind(context, source_);
    bind_data = std::move(bound.data);
    return bound.function;
  }
  duckdb::unique_ptr<duckdb::BaseStatistics> GetStatistics(duckdb::ClientContext&,
                                                           duckdb::column_t) override {
    return nullptr;
  }
  duckdb::TableStorageInfo GetStorageInfo(duckdb::ClientContext&) override { return {}; }

 private:
  duckdb::shared_ptr<SourceInfo> source_;
};

// The types in which the worker sends declared columns: those of DuckDB's own Arrow export.
std::shared_ptr<arrow::Schema> DeclaredSchema(duckdb::ClientContext& context,
                                              const catalog::TableModel& table) {
  duckdb::vector<duckdb::string> names;
  duckdb::vector<duckdb::LogicalType> types;
  for (const auto& column : table.columns) {
    if (!column.type) return nullptr;
    names.push_back(column.name);
    types.push_back(ToDuckType(*column.type));
  }
  if (names.empty()) return nullptr;
  ArrowSchema exported;
  auto properties = context.GetClientProperties();
  duckdb::ArrowConverter::ToArrowSchema(&exported, types, names, properties);
  return ArrowValue(arrow::ImportSchema(&exported));
}

}  // namespace

Result<duckdb::unique_ptr<duckdb::CatalogEntry>> MakeFunctionEntry(
    LakeSchema& schema, duckdb::ClientContext& context, Lake& lake, const std::string& name,
    const catalog::TableModel& table) {
  if (lake.functions() == nullptr) {
    return Fail(ErrorKind::kUnsupported, "table " + name + " is a function, and none can run here");
  }
  auto info = duckdb::make_shared_ptr<SourceInfo>();
  FunctionSource& source = info->source;
  source.lake = &lake;
  source.statement = StatementState::Of(context);
  const auto& place = table.place;
  source.call = {table.function.module,
                 table.function.name,
                 {},
                 place.file.empty() ? "" : place.file + ":" + std::to_string(place.line)};
  source.schema = DeclaredSchema(context, table);
  if (!source.schema) {
    auto reader = Run(source, source.call);
    if (!reader.has_value()) return Annotate(reader.error(), "table " + name);
    source.table = ArrowValue((*reader)->ToTable());
    source.schema = source.table->schema();
  }
  const auto bound = TRY(BindReturned(context, info));
  duckdb::CreateTableInfo columns(schema, table.name);
  for (std::size_t i = 0; i < bound.names.size(); ++i) {
    columns.columns.AddColumn(duckdb::ColumnDefinition(bound.names[i], bound.types[i]));
  }
  return duckdb::unique_ptr<duckdb::CatalogEntry>(
      duckdb::make_uniq<FunctionEntry>(schema, columns, std::move(info)));
}

}  // namespace neuralake::engine
