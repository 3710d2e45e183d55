#include "neuralake/verify/data/file_check.h"

#include <arrow/table.h>
#include <fmt/format.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "neuralake/verify/data/bound_rules.h"
#include "neuralake/verify/data/parquet_file.h"
#include "neuralake/verify/data/partition_rules.h"

namespace neuralake::verify {
namespace {

class FileCheck {
 public:
  FileCheck(const StateHead& head, const FileAction& file, FilePlaces& places, Findings& findings,
            const Deadline& deadline)
      : head_(head),
        file_(file),
        place_{file.path, file.version},
        places_(places),
        findings_(findings),
        deadline_(deadline) {}

  Result<Looked> Run(Depth depth) {
    CheckPartitionValues(head_.metadata, file_, place_, findings_);
    ReadStatistics();
    auto found = places_.Find(file_.name);
    if (!found && found.error().kind == ErrorKind::kUnsupported) return Looked::kNotReachable;
    if (!found) {
      Add(Rule::kFilePath, found.error().message);
      return Looked::kAll;
    }
    const auto size = CheckPresence(*found);
    if (!size && !found->is_own) return Looked::kNotReachable;  // whose rights nobody told us
    if (!size) return std::unexpected(size.error());
    if (*size && depth == Depth::kDeep) {
      TRY(CheckRows(*found, **size));
    } else if (file_.vector) {
      TRY(Deleted(statistics_.num_records, false));
    }
    return Looked::kAll;
  }

 private:
  void Add(Rule rule, std::string message) { findings_.Add(rule, place_, std::move(message)); }

  void ReadStatistics() {
    if (file_.stats && !file_.stats->empty()) {
      auto parsed = ParseStatistics(*file_.stats);
      if (parsed) {
        statistics_ = *std::move(parsed);
      } else {
        Add(Rule::kStatsJson, parsed.error().message);
      }
    } else if (file_.stats_parsed) {
      auto parsed = ParseStatistics(Dump(*file_.stats_parsed));
      if (parsed) statistics_ = *std::move(parsed);
    }
    if (file_.vector && !statistics_.num_records) {
      Add(Rule::kVectorRecords, "a file with a deletion vector has no numRecords");
    }
  }

  Result<std::optional<std::uint64_t>> CheckPresence(const FilePlace& at) {
    const auto info = at.store->Head(at.key, deadline_);
    if (!info && info.error().kind == ErrorKind::kNotFound) {
      Add(Rule::kFileMissing, "it is not there");
      return std::nullopt;
    }
    if (!info) return std::unexpected(info.error());
    if (file_.size && static_cast<std::uint64_t>(*file_.size) != info->size) {
      Add(Rule::kFileSize, fmt::format("it has {} bytes and not {}", info->size, *file_.size));
    }
    return info->size;
  }

  Result<DeletedRows> Deleted(std::optional<std::int64_t> num_rows, bool keep) {
    if (!file_.vector) return DeletedRows();
    return CheckVector(file_, num_rows, keep, places_, place_, findings_, deadline_);
  }

  Status CheckRows(const FilePlace& at, std::uint64_t size) {
    auto reader = OpenParquet(*at.store, at.key, size, deadline_);
    if (!reader) {
      Add(Rule::kFileRead, reader.error().message);
      return {};
    }
    const auto metadata = (*reader)->parquet_reader()->metadata();
    const std::int64_t num_rows = metadata->num_rows();
    if (statistics_.num_records && *statistics_.num_records != num_rows) {
      Add(Rule::kStatsRecords, fmt::format("numRecords is {} and the file has {} rows",
                                           *statistics_.num_records, num_rows));
    }
    const auto deleted = TRY(Deleted(num_rows, true));
    const auto columns = MatchColumns(head_.metadata, (*reader)->manifest(), place_, findings_);
    std::map<int, const FileColumn*> by_leaf;
    for (const FileColumn& column : columns) by_leaf.emplace(column.leaf, &column);
    for (int leaf = 0; leaf < metadata->num_columns(); ++leaf) {
      TRY(deadline_.Check("verification"));
      const auto found = by_leaf.find(leaf);
      CheckLeaf(**reader, leaf, found == by_leaf.end() ? nullptr : found->second, num_rows,
                deleted);
    }
    return {};
  }

  // One leaf column of one row group is in memory at a time.
  void CheckLeaf(parquet::arrow::FileReader& reader, int leaf, const FileColumn* column,
                 std::int64_t num_rows, const DeletedRows& deleted) {
    ColumnFacts facts;
    std::int64_t row = 0;
    for (int group = 0; group < reader.num_row_groups(); ++group) {
      const auto table = ReadLeaves(reader, group, {leaf});
      if (!table) {
        return Add(Rule::kFileRead, fmt::format("column {} of row group {}: {}", leaf, group,
                                                table.error().message));
      }
      if (column == nullptr || (*table)->num_columns() != 1) continue;
      for (const auto& chunk : (*table)->column(0)->chunks()) {
        AddFacts(*column, *chunk, row, deleted, facts);
        row += chunk->length();
      }
    }
    if (column == nullptr) return;
    CheckColumn(*column, facts, num_rows, statistics_, place_, findings_);
  }

  const StateHead& head_;
  const FileAction& file_;
  const Place place_;
  FilePlaces& places_;
  Findings& findings_;
  const Deadline& deadline_;
  Statistics statistics_;
};

}  // namespace

Result<Looked> CheckFile(const StateHead& head, const FileAction& file, Depth depth,
                         FilePlaces& places, Findings& findings, const Deadline& deadline) {
  return FileCheck(head, file, places, findings, deadline).Run(depth);
}

}  // namespace neuralake::verify
