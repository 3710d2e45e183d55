#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <duckdb/common/multi_file/base_file_reader.hpp>

#include "neuralake/engine/scan/delta_source.h"

namespace neuralake::engine {

/// How a table's columns are found in its data files.
enum class ColumnMapping : std::uint8_t {
  kNone,  ///< By their names.
  kName,  ///< By the physical names in the schema's field metadata.
  kId,    ///< By the field ids in the Parquet file; by physical name where a file has none.
};

/// \source Delta PROTOCOL.md, "Column Mapping"
ColumnMapping MappingOf(const delta::Metadata& metadata);

/// What DuckDB shall produce: the table's columns with null as the default for all of them, since a
/// file that lacks a column would otherwise end the instance.
duckdb::vector<duckdb::MultiFileColumnDefinition> GlobalColumns(
    const std::vector<ScanColumn>& columns);

/// How the columns of a table are found in its data files; made once a scan.
///
/// \threads immutable once made
class FileLayout {
 public:
  FileLayout(const std::vector<ScanColumn>& columns, ColumnMapping mapping);

  /// Where each column of the table is in a file; nothing for those that the file lacks.
  using Places = std::vector<std::optional<std::size_t>>;

  /// Make the columns of an opened Parquet file look like those of the table: matched ones get the
  /// table's names at every level, others get names that cannot match. Where a file says less than
  /// the log (timestamps without a zone, text without its annotation, VARIANT as a plain struct),
  /// the log's type is taken. DuckDB then maps by name.
  /// \errors kCorruption  a column whose shape (struct, list, map) is not that of the table
  Result<Places> Adapt(duckdb::BaseFileReader& reader) const;

  /// Whether a column is or holds a map. DuckDB rebuilds those value by value even when a file has
  /// exactly the table's type, unless it is kept from looking inside.
  bool HasMap(std::size_t column) const { return has_map_[column]; }
  bool any_map() const { return any_map_; }

 private:
  std::optional<std::size_t> Find(const duckdb::MultiFileColumnDefinition& column) const;

  ColumnMapping mapping_;
  std::vector<columnar::Field> fields_;
  std::vector<bool> has_map_;
  bool any_map_ = false;
  std::unordered_map<std::string, std::size_t> by_name_;  ///< Physical, lower case.
  std::unordered_map<std::int64_t, std::size_t> by_id_;
};

}  // namespace neuralake::engine
