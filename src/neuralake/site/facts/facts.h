#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/catalog/model.h"

namespace neuralake::site {

/// What the data says of a column, merged over the files of a version.
struct ColumnFacts {
  std::string name;  ///< Dotted for a field of a struct: `place.lat`.
  std::string type;  ///< In the short names: `int32`.
  bool nullable = true;
  std::optional<std::int64_t> null_count;
  std::optional<std::string> min;  ///< As text; nothing when unknown.
  std::optional<std::string> max;
  bool tight = true;              ///< False: the true values may lie inside these bounds.
  std::vector<std::string> path;  ///< From the top; empty for a column of the table itself.
};

/// The live files that share their partition values.
struct PartitionFacts {
  std::vector<std::optional<std::string>> values;  ///< As `TableFacts::partition_by`.
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::optional<std::int64_t> rows;
};

/// One commit, as the history tells it.
struct VersionFacts {
  std::int64_t version = 0;
  WallTime time{};
  std::string operation;
  std::optional<std::int64_t> rows_added;
  std::optional<std::int64_t> rows_removed;
  std::string engine;
};

/// What is known of a table beyond its definition. A part that could not be found out is absent,
/// and `problem` says why.
struct TableFacts {
  std::string problem;     ///< Empty when all went well.
  bool unwritten = false;  ///< A declared Delta table that has no commit yet.
  std::optional<std::int64_t> version;
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> bytes;
  std::optional<std::int64_t> files;
  std::optional<WallTime> updated;  ///< The last commit, or the newest file.
  std::vector<ColumnFacts> columns;
  std::vector<std::string> partition_by;
  std::vector<PartitionFacts> partitions;  ///< Largest first, at most `kPartitionsMax`.
  std::size_t partitions_total = 0;
  std::vector<VersionFacts> history;  ///< Newest first, at most `kHistoryMax`.
};

/// Finds out about one table. Never fails: a problem is part of the facts.
/// \threads called from several at once
using FactsSource =
    std::function<TableFacts(const catalog::DatabaseModel&, const catalog::TableModel&)>;

/// The facts of every table of `model`, database by database, in its order.
std::vector<TableFacts> CollectFacts(const catalog::CatalogModel& model, const FactsSource& source);

}  // namespace neuralake::site
