#include "neuralake/delta/change_feed.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "neuralake/delta/features.h"
#include "neuralake/delta/log/action_parser.h"
#include "neuralake/delta/log/log_segment.h"
#include "neuralake/delta/state/table_snapshot.h"

namespace neuralake::delta {
namespace {

bool IsRecording(const Metadata& metadata) { return IsOn(metadata, "delta.enableChangeDataFeed"); }

ChangeFile FromAdd(const AddFile& add, ChangeKind kind) {
  return {kind, add.path, add.partition_values, add.size, std::nullopt, std::nullopt};
}

/// The same data file left under one deletion vector and came back under another: the rows that
/// only one of the two marks have changed.
void Exchange(const RemoveFile& before, const AddFile& after, std::vector<ChangeFile>& changes) {
  if (after.deletion_vector) {
    auto& gone = changes.emplace_back(FromAdd(after, ChangeKind::kDelete));
    gone.only = after.deletion_vector;
    gone.without = before.deletion_vector;
  }
  if (before.deletion_vector) {
    auto& back = changes.emplace_back(FromAdd(after, ChangeKind::kInsert));
    back.only = before.deletion_vector;
    back.without = after.deletion_vector;
  }
}

Result<ChangeFile> FromRemove(const RemoveFile& remove, const Metadata& metadata) {
  if (remove.partition_values.empty() && !metadata.partition_columns.empty()) {
    return Fail(ErrorKind::kCorruption,
                fmt::format("the remove of {} does not tell its partition values", remove.path));
  }
  return ChangeFile{ChangeKind::kDelete,     remove.path,  remove.partition_values,
                    remove.size.value_or(0), std::nullopt, remove.deletion_vector};
}

/// The part of a commit that the feed is about.
struct Changed {
  std::vector<ChangeFile> recorded;
  std::map<std::string, const AddFile*> adds;
  std::map<std::string, const RemoveFile*> removes;
};

Changed Sort(const std::vector<Action>& commit) {
  Changed changed;
  for (const auto& action : commit) {
    if (const auto* cdc = std::get_if<AddCdcFile>(&action)) {
      changed.recorded.push_back({ChangeKind::kRecorded, cdc->path, cdc->partition_values,
                                  cdc->size, std::nullopt, std::nullopt});
    } else if (const auto* add = std::get_if<AddFile>(&action); add && add->data_change) {
      changed.adds[add->path] = add;
    } else if (const auto* gone = std::get_if<RemoveFile>(&action); gone && gone->data_change) {
      changed.removes[gone->path] = gone;
    }
  }
  return changed;
}

/// Refuse a range over which column mapping was turned on, or changed its mode: the last schema
/// does not tell under which names older files have its columns. Types are left to who reads the
/// files.
Status CheckSchemaRange(const Snapshot& first, const Snapshot& end) {
  const auto mode = TRY(MappingModeOf(end.protocol(), end.metadata()));
  if (first.metadata().schema == end.metadata().schema) return {};
  const auto first_mode = TRY(MappingModeOf(first.protocol(), first.metadata()));
  if (mode != first_mode) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("column mapping was changed between versions {} and {}; ask for "
                            "the changes in two ranges",
                            first.version(), end.version()));
  }
  return {};
}

struct RangeReader {
  Table& table;
  const Deadline& deadline;

  Result<std::vector<Action>> Commit(Version version) const {
    const std::string key = CommitKey(version);
    auto bytes = table.store()->Read(key, deadline);
    if (!bytes && bytes.error().kind == ErrorKind::kNotFound) {
      return Fail(ErrorKind::kNotFound,
                  fmt::format("the changes of version {} are no longer in the log", version));
    }
    if (!bytes) return std::unexpected(std::move(bytes).error());
    auto actions = ParseCommit(*bytes);
    if (!actions) return Annotate(std::move(actions).error(), key);
    return actions;
  }

  Result<std::map<Version, WallTime>> Times(Version from, Version to) const {
    const auto listing = TRY(ListLog(*table.store(), from, to, deadline));
    std::map<Version, WallTime> times;
    for (const auto& [version, time] : CommitTimes(listing)) times[version] = time;
    return times;
  }
};

Status CheckRecording(const Metadata& metadata, Version version) {
  if (IsRecording(metadata)) return {};
  return Fail(ErrorKind::kInvalid,
              fmt::format("version {} did not record its changes: delta.enableChangeDataFeed was "
                          "not true; begin later",
                          version));
}

Result<ChangePlan> Plan(Table& table, Version from, Version to, const Deadline& deadline) {
  const RangeReader reader{table, deadline};
  ChangePlan plan;
  plan.end = TRY(table.AtVersion(to, deadline));
  const auto first = TRY(table.AtVersion(from, deadline));
  TRY(CheckSchemaRange(*first, *plan.end));
  const bool stated = HasInCommitTimestamps(plan.end->protocol(), plan.end->metadata());
  auto times = TRY(reader.Times(from, to));
  Metadata metadata = first->metadata();
  for (Version version = from; version <= to; ++version) {
    TRY(deadline.Check("planning changes"));
    const auto actions = TRY(reader.Commit(version));
    ChangedVersion changed{version, times[version], {}};
    for (const auto& action : actions) {
      if (const auto* next = std::get_if<Metadata>(&action)) metadata = *next;
      const auto* info = std::get_if<CommitInfo>(&action);
      if (stated && info != nullptr && info->in_commit_timestamp) {
        changed.timestamp = WallTime{std::chrono::milliseconds{*info->in_commit_timestamp}};
      }
    }
    TRY(CheckRecording(metadata, version));
    auto files = ChangesOf(actions, metadata);
    if (!files) return Annotate(std::move(files).error(), CommitKey(version));
    changed.files = *std::move(files);
    plan.versions.push_back(std::move(changed));
  }
  return plan;
}

}  // namespace

Result<std::vector<ChangeFile>> ChangesOf(const std::vector<Action>& commit,
                                          const Metadata& metadata) {
  auto changed = Sort(commit);
  if (!changed.recorded.empty()) return std::move(changed.recorded);
  std::vector<ChangeFile> changes;
  for (const auto& [path, remove] : changed.removes) {
    const auto back = changed.adds.find(path);
    if (back == changed.adds.end()) {
      changes.push_back(TRY(FromRemove(*remove, metadata)));
    } else {
      Exchange(*remove, *back->second, changes);
    }
  }
  for (const auto& [path, add] : changed.adds) {
    if (changed.removes.contains(path)) continue;
    auto& change = changes.emplace_back(FromAdd(*add, ChangeKind::kInsert));
    change.without = add->deletion_vector;
  }
  return changes;
}

Result<ChangePlan> PlanChanges(Table& table, Version from, Version to, const Deadline& deadline) {
  if (from < 0 || from > to) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("the range of versions {} to {} is empty", from, to));
  }
  auto plan = Plan(table, from, to, deadline);
  if (plan) return plan;
  const std::string name = "table " + table.store()->root().ToString();
  if (plan.error().message.starts_with(name)) return plan;
  return Annotate(std::move(plan).error(), name);
}

}  // namespace neuralake::delta
