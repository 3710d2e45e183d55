#include <algorithm>
#include <map>
#include <optional>

#include <arrow/io/interfaces.h>
#include <fmt/format.h>
#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "neuralake/base/uri.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/site/facts/leaf_statistics.h"
#include "neuralake/site/facts/object_file.h"
#include "neuralake/site/facts/partitions.h"
#include "neuralake/site/facts/storage_facts.h"
#include "neuralake/site/limits.h"

namespace neuralake::site {
namespace {

using FooterPtr = std::shared_ptr<parquet::FileMetaData>;

Result<FooterPtr> ReadFooter(const TableFiles& files, const storage::ObjectInfo& object,
                             const Deadline& deadline) {
  TRY(deadline.Check("reading the footer of " + object.key));
  try {
    return parquet::ReadMetaData(OpenObject(files.store, object, deadline));
  } catch (const parquet::ParquetException& error) {
    return Fail(ErrorKind::kCorruption, fmt::format("{}: {}", object.key, error.what()));
  }
}

Result<columnar::Schema> SchemaOf(const parquet::FileMetaData& footer) {
  std::shared_ptr<arrow::Schema> schema;
  const arrow::Status status = parquet::arrow::FromParquetSchema(
      footer.schema(), parquet::default_arrow_reader_properties(), nullptr, &schema);
  if (!status.ok()) return Fail(ErrorKind::kCorruption, status.message());
  return columnar::FromArrow(*schema);
}

/// The text of `column` in `month=1/day=2/part.parquet`; nothing for Hive's name of null.
std::optional<std::string> HiveValue(std::string_view key, const std::string& column) {
  const std::string lead = column + "=";
  std::size_t start = 0;
  while (true) {
    const std::size_t slash = key.find('/', start);
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string_view part = key.substr(start, slash - start);
    if (part.starts_with(lead)) {
      const std::string value = PercentDecode(part.substr(lead.size()));
      if (value == "__HIVE_DEFAULT_PARTITION__") return std::nullopt;
      return value;
    }
    start = slash + 1;
  }
}

void AddHiveColumns(const catalog::TableModel& table, TableFacts& facts) {
  for (const std::string& name : facts.partition_by) {
    ColumnFacts column;
    column.name = name;
    if (const catalog::Column* declared = table.Find(name); declared && declared->type) {
      column.type = columnar::FormatType(*declared->type);
    }
    facts.columns.push_back(std::move(column));
  }
}

}  // namespace

Result<TableFacts> ParquetFacts(const catalog::TableModel& table, const TableFiles& files,
                                const Deadline& deadline) {
  TableFacts facts = CsvFacts(files);
  if (files.objects.size() > kFootersMax) return facts;
  if (table.hive_partitioning) facts.partition_by = table.partition_by;
  facts.rows = 0;
  LeafStatistics leaves;
  PartitionCount partitions;
  for (const storage::ObjectInfo& object : files.objects) {
    const FooterPtr footer = TRY(ReadFooter(files, object, deadline));
    if (facts.columns.empty()) facts.columns = FlattenedColumns(TRY(SchemaOf(*footer)));
    leaves.Add(footer);
    *facts.rows += footer->num_rows();
    std::vector<std::optional<std::string>> values;
    for (const std::string& column : facts.partition_by) {
      values.push_back(HiveValue(object.key, column));
    }
    partitions.Add(std::move(values), static_cast<std::int64_t>(object.size), footer->num_rows());
  }
  for (ColumnFacts& column : facts.columns) leaves.Describe(column);
  AddHiveColumns(table, facts);
  if (!facts.partition_by.empty()) partitions.Fill(facts);
  return facts;
}

}  // namespace neuralake::site
