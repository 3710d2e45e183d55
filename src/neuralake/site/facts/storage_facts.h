#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/delta/table.h"
#include "neuralake/site/facts/facts.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::site {

/// Opens the Delta table at a location.
using TableOpener =
    std::function<Result<std::shared_ptr<delta::Table>>(const std::string& location)>;

/// Facts from where the tables lie: the log of a Delta table, the footers of Parquet files, the
/// sizes of CSV files. Function tables are not run. Reads no rows.
///
/// \param deadline  for all tables together
/// \param open      for a process that holds its tables open; unset: each is opened anew
FactsSource FactsFromStorage(Deadline deadline, TableOpener open = {});

// The parts of it, one a kind of table.

/// \errors  as the store and the log say; a missing table is kNotFound
Result<TableFacts> DeltaFacts(delta::Table& table, const Deadline& deadline);

/// The files of a Parquet or CSV table: a file, or a folder of them.
struct TableFiles {
  std::shared_ptr<storage::ObjectStore> store;
  std::vector<storage::ObjectInfo> objects;  ///< In byte order of their keys.
};

/// \errors kNotFound  neither a file nor a folder with files
Result<TableFiles> FindFiles(const catalog::TableModel& table, const Deadline& deadline);

/// \errors kCorruption  a file without a Parquet footer
Result<TableFacts> ParquetFacts(const catalog::TableModel& table, const TableFiles& files,
                                const Deadline& deadline);

TableFacts CsvFacts(const TableFiles& files);

/// `schema` as columns, the fields of structs behind their struct with dotted names.
std::vector<ColumnFacts> FlattenedColumns(const columnar::Schema& schema);

}  // namespace neuralake::site
