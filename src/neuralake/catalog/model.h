#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"

namespace neuralake::catalog {

enum class TableKind : std::uint8_t {
  kDelta,
  kParquet,  ///< A folder of Parquet files, flat or with Hive partitions.
  kCsv,
  kFunction,  ///< A Python function that returns a frame.
};

/// `delta`, `parquet`, `csv` or `function`, as manifests have it.
std::string_view KindName(TableKind kind);

/// Where a definition stands, for messages and links.
struct SourcePlace {
  std::string file;  ///< Relative to the project folder.
  int line = 0;      ///< From 1; 0 when unknown.

  bool operator==(const SourcePlace&) const = default;
};

/// A column as the definition declares it. A declared column is documentation for Delta tables that
/// exist, and the schema of those that do not yet, of CSV files and of pushed events.
struct Column {
  std::string name;
  std::optional<columnar::DataType> type;  ///< Nothing: as found in the data.
  bool nullable = true;
  std::string description;
  std::string unit;
  std::vector<std::string> tags;
  SourcePlace place;  ///< Known while definitions are checked; a manifest does not keep it.
};

struct CsvOptions {
  std::string delimiter = ",";
  bool header = true;
  std::vector<std::string> null_values;  ///< Texts that mean null; the empty text always does.
};

/// The Python function behind a kFunction table.
struct FunctionSource {
  std::string module;
  std::string name;
};

struct TableModel {
  std::string name;
  TableKind kind = TableKind::kDelta;
  std::string uri;  ///< Empty for kFunction. Absolute when loaded with a project folder.
  std::string description;
  std::string owner;
  std::vector<std::string> tags;
  std::optional<std::string> deprecation;  ///< What to use in its place; nothing when current.
  std::vector<Column> columns;
  std::vector<std::string> key;           ///< Columns that identify a row; may be empty.
  std::vector<std::string> partition_by;  ///< Delta: for creation. Parquet: Hive columns.
  bool hive_partitioning = false;         ///< kParquet only.
  CsvOptions csv;
  FunctionSource function;
  std::map<std::string, std::string, std::less<>> properties;  ///< Delta table properties.
  SourcePlace place;

  const Column* Find(std::string_view column) const;
};

struct DatabaseModel {
  std::string name;
  std::string description;
  std::vector<TableModel> tables;  ///< In order of their names.
  SourcePlace place;

  const TableModel* Find(std::string_view table) const;
};

/// All tables of a project: the one source for SQL names, routes, site, snippets.
///
/// Immutable once loaded; shared by pointer; a changed manifest becomes a new one.
struct CatalogModel {
  std::string name = "neuralake";
  std::vector<DatabaseModel> databases;  ///< In order of their names.
  std::string digest;                    ///< Hash of the manifest's bytes.

  /// Names are compared as SQL does: ASCII letters without case. Null when there is none.
  const DatabaseModel* Find(std::string_view database) const;
  const TableModel* Find(std::string_view database, std::string_view table) const;
};

using CatalogPtr = std::shared_ptr<const CatalogModel>;

enum class Severity : std::uint8_t {
  kError,
  kWarning,  ///< Told, but the manifest is made all the same.
};

/// One mistake in the definitions: where, what is wrong, what would be right.
struct Problem {
  SourcePlace place;
  std::string subject;  ///< `aviation.flights.dep_delay`.
  std::string message;
  Severity severity = Severity::kError;

  bool operator==(const Problem&) const = default;
};

/// `file:line: subject: message`, as compilers do; a warning says so before its message.
std::string FormatProblem(const Problem& problem);

/// Whether any of `problems` is more than a warning.
bool HasErrors(const std::vector<Problem>& problems);

/// Load the bytes of a manifest (`.neuralake/catalog.json`).
///
/// \param project  the folder that relative URIs of tables count from; they stay as they are when
///                 it is empty
/// \errors kInvalid  not a manifest of this version; lists every problem, one a line
Result<CatalogPtr> LoadManifest(std::string_view json, std::string_view project = "");

/// Check definitions as the Python package exported them (`python -m neuralake.export`).
/// \returns every problem, in order of file and line; empty when all is well
std::vector<Problem> CheckDefinitions(std::string_view json);

/// The manifest of checked definitions: canonical JSON, the same bytes for the same definitions.
/// Relative URIs stay relative, so that a project can be moved and its manifest compared.
/// \errors kInvalid  when `CheckDefinitions` has errors to tell
Result<std::string> MakeManifest(std::string_view definitions_json);

}  // namespace neuralake::catalog
