#include "neuralake/engine/attach/file_tables.h"

#include <algorithm>

#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>
#include <duckdb/storage/table_storage_info.hpp>

#include "neuralake/engine/attach/listed_files.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"
#include "neuralake/engine/types/duck_type.h"

namespace neuralake::engine {
namespace {

void RefuseCopy(duckdb::Serializer&, const duckdb::optional_ptr<duckdb::FunctionData>,
                const duckdb::TableFunction&) {
  throw duckdb::NotImplementedException("a scan of listed files cannot be copied");
}

using NamedParameters = duckdb::named_parameter_map_t;

/// How one table is read: a function of DuckDB with its parameters.
struct Reading {
  const char* function;
  NamedParameters named;
};

duckdb::Value TypeTexts(const std::vector<std::pair<std::string, duckdb::LogicalType>>& types) {
  duckdb::child_list_t<duckdb::Value> texts;
  for (const auto& [name, type] : types) texts.emplace_back(name, duckdb::Value(type.ToString()));
  return duckdb::Value::STRUCT(std::move(texts));
}

std::vector<std::pair<std::string, duckdb::LogicalType>> DeclaredTypes(
    const catalog::TableModel& table) {
  std::vector<std::pair<std::string, duckdb::LogicalType>> types;
  for (const auto& column : table.columns) {
    if (column.type) types.emplace_back(column.name, ToDuckType(*column.type));
  }
  return types;
}

Reading ParquetReading(const catalog::TableModel& table) {
  Reading reading{"parquet_scan", {}};
  reading.named["can_have_nan"] = duckdb::Value::BOOLEAN(true);
  reading.named["hive_partitioning"] = duckdb::Value::BOOLEAN(table.hive_partitioning);
  if (!table.hive_partitioning) return reading;
  std::vector<std::pair<std::string, duckdb::LogicalType>> types;
  for (const auto& [name, type] : DeclaredTypes(table)) {
    if (std::ranges::find(table.partition_by, name) != table.partition_by.end()) {
      types.emplace_back(name, type);
    }
  }
  if (!types.empty()) reading.named["hive_types"] = TypeTexts(types);
  return reading;
}

/// Whether the types of all columns are declared, so that nothing is found out from a file.
bool DeclaresAll(const catalog::TableModel& table) {
  return !table.columns.empty() && std::ranges::all_of(table.columns, [](const auto& column) {
    return column.type.has_value();
  });
}

Reading CsvReading(const catalog::TableModel& table) {
  Reading reading{"read_csv", {}};
  reading.named["delim"] = duckdb::Value(table.csv.delimiter);
  reading.named["header"] = duckdb::Value::BOOLEAN(table.csv.header);
  duckdb::vector<duckdb::Value> nulls{duckdb::Value("")};
  for (const auto& text : table.csv.null_values) nulls.emplace_back(text);
  reading.named["nullstr"] = duckdb::Value::LIST(duckdb::LogicalType::VARCHAR, std::move(nulls));
  const auto types = DeclaredTypes(table);
  if (types.empty()) return reading;
  const bool whole = DeclaresAll(table);
  reading.named[whole ? "columns" : "types"] = TypeTexts(types);
  if (whole) {
    reading.named["auto_detect"] = duckdb::Value::BOOLEAN(false);
    reading.named["quote"] = duckdb::Value("\"");
    reading.named["escape"] = duckdb::Value("\"");
  }
  return reading;
}

/// A bound reader with the columns that it found.
struct BoundFiles {
  duckdb::TableFunction function;
  duckdb::unique_ptr<duckdb::FunctionData> data;
  duckdb::vector<duckdb::string> names;
  duckdb::vector<duckdb::LogicalType> types;
};

BoundFiles BindFiles(duckdb::ClientContext& context, const duckdb::shared_ptr<ListedFiles>& info,
                     const Reading& reading) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(context);
  auto& entry = catalog.GetEntry<duckdb::TableFunctionCatalogEntry>(context, DEFAULT_SCHEMA,
                                                                    reading.function);
  BoundFiles bound;
  bound.function = entry.functions.GetFunctionByArguments(context, {duckdb::LogicalType::VARCHAR});
  bound.function.function_info = info;
  info->scan = bound.function.function;
  bound.function.function = ScanListed;
  bound.function.get_multi_file_reader = MakeListedReader;
  bound.function.serialize = RefuseCopy;
  bound.function.verify_serialization = false;
  bound.function.late_materialization = false;
  duckdb::vector<duckdb::Value> inputs{duckdb::Value("")};
  NamedParameters named = reading.named;
  duckdb::vector<duckdb::LogicalType> no_types;
  duckdb::vector<duckdb::string> no_names;
  const duckdb::TableFunctionRef reference;
  duckdb::TableFunctionBindInput input(inputs, named, no_types, no_names, info.get(), nullptr,
                                       bound.function, reference);
  bound.data = bound.function.bind(context, input, bound.types, bound.names);
  return bound;
}

/// A table of listed files, for one statement.
class FileEntry final : public duckdb::TableCatalogEntry {
 public:
  FileEntry(duckdb::SchemaCatalogEntry& of, duckdb::CreateTableInfo& info,
            duckdb::shared_ptr<ListedFiles> files, Reading reading)
      : duckdb::TableCatalogEntry(of.catalog, of, info),
        files_(std::move(files)),
        reading_(std::move(reading)) {}

  duckdb::TableFunction GetScanFunction(
      duckdb::ClientContext& context,
      duckdb::unique_ptr<duckdb::FunctionData>& bind_data) override {
    auto bound = BindFiles(context, files_, reading_);
    if (bound.types != columns.GetColumnTypes()) {
      ThrowError({ErrorKind::kConflict, "the files of " + name + " changed: run again", {}, -1});
    }
    bind_data = std::move(bound.data);
    return bound.function;
  }
  duckdb::unique_ptr<duckdb::BaseStatistics> GetStatistics(duckdb::ClientContext&,
                                                           duckdb::column_t) override {
    return nullptr;
  }
  duckdb::TableStorageInfo GetStorageInfo(duckdb::ClientContext&) override { return {}; }

 private:
  duckdb::shared_ptr<ListedFiles> files_;
  Reading reading_;
};

/// Which of the columns that were found are declared `nullable=False`, whatever the case of names.
std::vector<bool> RequiredOf(const duckdb::vector<duckdb::string>& names,
                             const catalog::TableModel& table) {
  std::vector<bool> required;
  for (const auto& name : names) {
    required.push_back(std::ranges::any_of(table.columns, [&](const catalog::Column& column) {
      return !column.nullable && duckdb::StringUtil::CIEquals(column.name, name);
    }));
  }
  return required;
}

bool Hidden(std::string_view key) {
  for (std::size_t at = 0; at <= key.size();) {
    const auto slash = std::min(key.find('/', at), key.size());
    const std::string_view part = key.substr(at, slash - at);
    // `_year=2020` is a partition, `_delta_log` and `_SUCCESS` are not data.
    if (part.starts_with('.')) return true;
    if (part.starts_with('_') && part.find('=') == std::string_view::npos) return true;
    at = slash + 1;
  }
  return false;
}

duckdb::OpenFileInfo FileInfo(StoreRegistry& stores,
                              const std::shared_ptr<storage::ObjectStore>& store,
                              const storage::ObjectInfo& object) {
  const auto version = std::to_string(object.modified.time_since_epoch().count()) + "-" +
                       std::to_string(object.size);
  duckdb::OpenFileInfo info(StoreRegistry::Path(stores.Add(store), version, object.key));
  info.extended_info = duckdb::make_shared_ptr<duckdb::ExtendedOpenFileInfo>();
  info.extended_info->options["file_size"] = duckdb::Value::UBIGINT(object.size);
  info.extended_info->options["validate_external_file_cache"] = duckdb::Value::BOOLEAN(false);
  return info;
}

Result<duckdb::vector<duckdb::OpenFileInfo>> OneFile(StoreRegistry& stores, Uri file,
                                                     const Deadline& deadline) {
  const auto slash = file.path.rfind('/');
  const std::string key = slash == std::string::npos ? file.path : file.path.substr(slash + 1);
  file.path.resize(slash == std::string::npos ? 0 : slash);
  if (file.scheme == "file" && file.path.empty()) file.path = "/";
  const auto store = TRY(stores.Open(file));
  const auto object = TRY(store->Head(key, deadline));
  return duckdb::vector<duckdb::OpenFileInfo>{FileInfo(stores, store, object)};
}

}  // namespace

Result<duckdb::vector<duckdb::OpenFileInfo>> ListDataFiles(StoreRegistry& stores,
                                                           const std::string& location,
                                                           std::string_view suffix,
                                                           const Deadline& deadline) {
  Uri uri = TRY(Uri::Parse(location));
  if (uri.path.ends_with(suffix)) {
    auto one = OneFile(stores, uri, deadline);
    if (one.has_value() || one.error().kind != ErrorKind::kNotFound) return one;
  }
  const auto store = TRY(stores.Open(uri));
  duckdb::vector<duckdb::OpenFileInfo> files;
  storage::ListRequest request;
  while (true) {
    const auto page = TRY(store->List(request, deadline));
    for (const auto& object : page.objects) {
      if (object.is_prefix || !object.key.ends_with(suffix) || Hidden(object.key)) continue;
      files.push_back(FileInfo(stores, store, object));
    }
    if (files.size() > kListedFilesMax) {
      return Fail(ErrorKind::kResourceExhausted,
                  location + " has more than " + std::to_string(kListedFilesMax) + " files");
    }
    if (page.next.empty()) break;
    request.continuation = page.next;
  }
  if (files.empty()) {
    return Fail(ErrorKind::kNotFound, "no " + std::string(suffix) + " files at " + location);
  }
  return files;
}

Result<duckdb::unique_ptr<duckdb::CatalogEntry>> MakeFileEntry(LakeSchema& schema,
                                                               duckdb::ClientContext& context,
                                                               StoreRegistry& stores,
                                                               const std::string& name,
                                                               const catalog::TableModel& table) {
  const bool csv = table.kind == catalog::TableKind::kCsv;
  auto info = duckdb::make_shared_ptr<ListedFiles>();
  auto files = ListDataFiles(stores, table.uri, csv ? ".csv" : ".parquet",
                             StatementState::DeadlineOf(context));
  if (!files.has_value()) return Annotate(files.error(), "table " + name);
  info->files = *std::move(files);
  info->table = name;
  if (csv && table.csv.header && DeclaresAll(table)) {
    info->delimiter = table.csv.delimiter.at(0);
    for (const auto& column : table.columns) info->header.push_back(column.name);
  }
  Reading reading = csv ? CsvReading(table) : ParquetReading(table);
  const auto bound = BindFiles(context, info, reading);
  duckdb::CreateTableInfo columns(schema, table.name);
  for (std::size_t i = 0; i < bound.names.size(); ++i) {
    columns.columns.AddColumn(duckdb::ColumnDefinition(bound.names[i], bound.types[i]));
  }
  info->required = RequiredOf(bound.names, table);
  for (const auto& column : table.columns) {
    if (!columns.columns.ColumnExists(column.name)) {
      return Fail(ErrorKind::kInvalid,
                  "table " + name + " declares column " + column.name + ", which its files lack");
    }
  }
  return duckdb::unique_ptr<duckdb::CatalogEntry>(
      duckdb::make_uniq<FileEntry>(schema, columns, std::move(info), std::move(reading)));
}

}  // namespace neuralake::engine
