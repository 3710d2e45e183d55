#include "neuralake/verify/state/table_rules.h"

#include <fmt/format.h>

#include "neuralake/verify/data/statistics.h"
#include "neuralake/verify/saturating.h"

namespace neuralake::verify {
namespace {

// The last row id that the file may have given out; nothing when its rows are not counted.
std::optional<std::int64_t> LastRowId(const FileAction& file) {
  if (!file.base_row_id || !file.stats) return std::nullopt;
  const auto statistics = ParseStatistics(*file.stats);
  if (!statistics || !statistics->num_records) return std::nullopt;
  return Sum(*file.base_row_id, *statistics->num_records - 1);
}

class TableRules {
 public:
  TableRules(const TableState& state, Findings& findings) : state_(state), findings_(findings) {}

  void Run() {
    CheckNames();
    if (state_.protocol.Supports("rowTracking")) CheckRowIds();
    if (state_.protocol.Supports("clustering")) CheckClustering();
  }

 private:
  void Add(Rule rule, const FileAction& file, std::string message) {
    findings_.Add(rule, {file.path, file.version}, std::move(message));
  }

  void CheckNames() {
    const std::string* before = nullptr;
    for (const auto& [key, file] : state_.files) {
      if (before != nullptr && *before == file.name) {
        Add(Rule::kFilePath, file, "it is in the table with two deletion vectors");
      }
      before = &file.name;
    }
  }

  void CheckRowIds() {
    const bool all = state_.metadata.IsOn("delta.enableRowTracking");
    std::map<std::int64_t, const FileAction*> by_first;
    std::int64_t greatest = -1;
    for (const auto& [key, file] : state_.files) {
      if (all && (!file.base_row_id || !file.row_commit_version)) {
        Add(Rule::kRowIds, file, "it has no baseRowId or no defaultRowCommitVersion");
      }
      if (!file.base_row_id) continue;
      if (!by_first.emplace(*file.base_row_id, &file).second) {
        Add(Rule::kRowIds, file, fmt::format("another file has baseRowId {}", *file.base_row_id));
      }
      greatest = std::max(greatest, LastRowId(file).value_or(*file.base_row_id));
    }
    CheckOverlap(by_first);
    CheckHighWaterMark(greatest);
  }

  void CheckOverlap(const std::map<std::int64_t, const FileAction*>& by_first) {
    std::int64_t last = -1;
    for (const auto& [first, file] : by_first) {
      if (first <= last) {
        Add(Rule::kRowIds, *file, fmt::format("row id {} is that of another file too", first));
      }
      last = std::max(last, LastRowId(*file).value_or(first));
    }
  }

  void CheckHighWaterMark(std::int64_t greatest) {
    if (greatest < 0) return;
    const auto domain = state_.domains.find("delta.rowTracking");
    const auto mark =
        domain == state_.domains.end()
            ? std::nullopt
            : IntegerOf(ParseJson(domain->second.configuration), "rowIdHighWaterMark");
    if (mark && *mark >= greatest) return;
    findings_.Add(Rule::kRowIds, {"", state_.version},
                  fmt::format("the high-water mark is {} and row id {} was given out",
                              mark ? std::to_string(*mark) : "missing", greatest));
  }

  void CheckClustering() {
    const Place place{"", state_.version};
    const auto domain = state_.domains.find("delta.clustering");
    if (!state_.metadata.partition_columns.empty()) {
      findings_.Add(Rule::kClustering, place, "the table is partitioned and clustered");
    }
    if (domain == state_.domains.end() || domain->second.removed || !state_.metadata.schema) return;
    const Json json = ParseJson(domain->second.configuration);
    const Json* columns = Member(json, "clusteringColumns");
    if (columns == nullptr || !columns->is_array()) {
      return findings_.Add(Rule::kClustering, place, "delta.clustering has no clusteringColumns");
    }
    for (const Json& column : *columns) {
      if (!Exists(column)) {
        findings_.Add(Rule::kClustering, place, Quoted(Dump(column)) + " is no column");
      }
    }
  }

  // A column is a name, or a list of the names of its levels.
  bool Exists(const Json& column) const {
    ColumnPath path;
    if (column.is_string()) path.push_back(column.get<std::string>());
    if (column.is_array()) {
      for (const Json& name : column)
        path.push_back(name.is_string() ? name.get<std::string>() : "");
    }
    const std::vector<Field>* level = &state_.metadata.schema->fields;
    const Field* found = nullptr;
    for (const std::string& name : path) {
      found = nullptr;
      for (const Field& field : *level) {
        if (PhysicalName(field, state_.metadata) == name) found = &field;
      }
      if (found == nullptr) return false;
      level = &found->type.children;
    }
    return found != nullptr;
  }

  const TableState& state_;
  Findings& findings_;
};

}  // namespace

void CheckTable(const TableState& state, Findings& findings) { TableRules(state, findings).Run(); }

}  // namespace neuralake::verify
