#include <algorithm>
#include <charconv>
#include <optional>

#include "neuralake/delta/table.h"
#include "neuralake/site/facts/partitions.h"
#include "neuralake/site/facts/storage_facts.h"
#include "neuralake/site/limits.h"

namespace neuralake::site {
namespace {

/// Whether values of `type` can be put in order here.
bool IsOrdered(const columnar::Value& value) {
  return !value.is_null() && value.type.id != columnar::TypeId::kBinary;
}

/// The bounds of one leaf column, merged file by file.
class BoundsMerge {
 public:
  void Add(const delta::ColumnBounds& bounds, std::optional<std::int64_t> rows) {
    nulls_ =
        nulls_ && bounds.null_count ? std::optional(*nulls_ + *bounds.null_count) : std::nullopt;
    tight_ = tight_ && bounds.tight;
    const bool only_nulls = rows && bounds.null_count && *rows == *bounds.null_count;
    if (only_nulls) return;
    Widen(min_, bounds.min, [](const auto& a, const auto& b) { return a < b; });
    Widen(max_, bounds.max, [](const auto& a, const auto& b) { return a > b; });
  }

  void Fill(ColumnFacts& facts) const {
    facts.null_count = nulls_;
    facts.tight = tight_;
    if (min_.known && min_.value) facts.min = columnar::FormatPartitionValue(*min_.value);
    if (max_.known && max_.value) facts.max = columnar::FormatPartitionValue(*max_.value);
  }

 private:
  struct Bound {
    std::optional<columnar::Value> value;
    bool known = true;
  };

  template <class Before>
  static void Widen(Bound& bound, const std::optional<columnar::Value>& value, Before before) {
    if (!value || !IsOrdered(*value)) {
      bound.known = false;
    } else if (!bound.value || before(value->data, bound.value->data)) {
      bound.value = value;
    }
  }

  Bound min_;
  Bound max_;
  std::optional<std::int64_t> nulls_ = 0;
  bool tight_ = true;
};

void FillBounds(const delta::FileSet& files, TableFacts& facts, const Deadline& deadline) {
  if (files.count() == 0 || files.count() > kBoundsFilesMax) return;
  for (ColumnFacts& column : facts.columns) {
    if (column.type == "struct" ||
        std::ranges::find(facts.partition_by, column.name) != facts.partition_by.end())
      continue;
    if (deadline.Expired()) return;
    BoundsMerge merge;
    for (std::size_t file = 0; file < files.count(); ++file) {
      merge.Add(files.bounds(file, column.path), files.num_records(file));
    }
    merge.Fill(column);
  }
}

std::optional<std::int64_t> LiveRows(const delta::FileSet& files, std::size_t file) {
  std::optional<std::int64_t> rows = files.num_records(file);
  const auto deleted = files.deletion_vector(file);
  if (rows && deleted) *rows -= deleted->cardinality;
  return rows;
}

void FillPartitions(const delta::FileSet& files, TableFacts& facts) {
  if (facts.partition_by.empty()) return;
  PartitionCount partitions;
  for (std::size_t file = 0; file < files.count(); ++file) {
    PartitionCount::Values values;
    for (std::size_t column = 0; column < facts.partition_by.size(); ++column) {
      const auto text = files.partition_value(file, column);
      values.push_back(text ? std::optional(std::string(*text)) : std::nullopt);
    }
    partitions.Add(std::move(values), files.size(file), LiveRows(files, file));
  }
  partitions.Fill(facts);
}

/// The first of `names` among the metrics, as a number.
std::optional<std::int64_t> Metric(const delta::CommitInfo& info,
                                   std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = info.operation_metrics.find(name);
    if (found == info.operation_metrics.end()) continue;
    std::int64_t value = 0;
    const std::string& text = found->second;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{}) {
      return value;
    }
  }
  return std::nullopt;
}

VersionFacts Entry(const delta::HistoryEntry& entry) {
  VersionFacts version;
  version.version = entry.version;
  version.time = entry.timestamp;
  version.operation = entry.info.operation;
  // Rewrites of the same rows are no change.
  if (entry.info.operation != "OPTIMIZE") {
    version.rows_added =
        Metric(entry.info, {"numTargetRowsInserted", "numOutputRows", "num_added_rows"});
    version.rows_removed =
        Metric(entry.info, {"numTargetRowsDeleted", "numDeletedRows", "num_deleted_rows"});
  }
  version.engine = entry.info.engine_info.value_or("");
  return version;
}

}  // namespace

Result<TableFacts> DeltaFacts(delta::Table& table, const Deadline& deadline) {
  const delta::SnapshotPtr snapshot = TRY(table.Latest(deadline));
  TableFacts facts;
  facts.version = snapshot->version();
  facts.rows = snapshot->num_records();
  facts.bytes = snapshot->size_bytes();
  facts.files = static_cast<std::int64_t>(snapshot->files().count());
  facts.updated = snapshot->timestamp();
  facts.columns = FlattenedColumns(snapshot->metadata().schema);
  facts.partition_by = snapshot->metadata().partition_columns;
  FillBounds(snapshot->files(), facts, deadline);
  FillPartitions(snapshot->files(), facts);
  for (const delta::HistoryEntry& entry : TRY(table.History(kHistoryMax, deadline))) {
    facts.history.push_back(Entry(entry));
  }
  return facts;
}

}  // namespace neuralake::site
