#include "neuralake/verify/log/action_json.h"

#include <utility>

#include <fmt/format.h>

#include "neuralake/base/uri.h"
#include "neuralake/verify/log/action_fields.h"

namespace neuralake::verify {
namespace {

std::optional<VectorDescriptor> VectorOf(const Json& action) {
  const Json* json = Member(action, "deletionVector");
  if (json == nullptr || !json->is_object()) return std::nullopt;
  return VectorDescriptor{TextOf(*json, "storageType"), TextOf(*json, "pathOrInlineDv"),
                          IntegerOf(*json, "offset"), IntegerOf(*json, "sizeInBytes").value_or(-1),
                          IntegerOf(*json, "cardinality").value_or(-1)};
}

std::optional<Json> Copy(const Json& action, std::string_view name) {
  const Json* member = Member(action, name);
  return member == nullptr ? std::nullopt : std::optional(*member);
}

bool Flag(const Json& action, std::string_view name, bool otherwise) {
  const Json* member = Member(action, name);
  return member != nullptr && member->is_boolean() ? member->get<bool>() : otherwise;
}

// `file:/a`, `file:///a` and `/a` are one file.
std::string NameOf(std::string_view path) {
  std::string name = PercentDecode(path);
  if (!name.starts_with("file:/")) return name;
  const auto first = name.find_first_not_of('/', 5);
  return first == std::string::npos ? name : name.substr(first - 1);
}

FileAction FileOf(const Json& action, bool is_add, const Place& place) {
  FileAction file;
  file.path = TextOf(action, "path");
  file.name = NameOf(file.path);
  file.partition_values = TextsOf(action, "partitionValues");
  file.size = IntegerOf(action, "size");
  file.time = IntegerOf(action, is_add ? "modificationTime" : "deletionTimestamp");
  file.data_change = Flag(action, "dataChange", true);
  if (Member(action, "stats") != nullptr) file.stats = TextOf(action, "stats");
  file.tags = TextsOf(action, "tags");
  file.vector = VectorOf(action);
  file.base_row_id = IntegerOf(action, "baseRowId");
  file.row_commit_version = IntegerOf(action, "defaultRowCommitVersion");
  file.clustering_provider = TextOf(action, "clusteringProvider");
  file.stats_parsed = Copy(action, "stats_parsed");
  file.partition_values_parsed = Copy(action, "partitionValues_parsed");
  file.version = place.version;
  file.row = place.row;
  return file;
}

bool IsAllowed(const ActionRow& row, Source source) {
  if (source == Source::kCommit) return row.in_commit;
  if (source == Source::kCheckpoint) return row.in_checkpoint;
  return row.kind == ActionKind::kAdd || row.kind == ActionKind::kRemove;
}

Rule MisplacedRule(Source source) {
  if (source == Source::kCommit) return Rule::kCommitMisplaced;
  return source == Source::kCheckpoint ? Rule::kCheckpointShape : Rule::kCheckpointSidecar;
}

void Keep(ActionKind kind, const Json& action, const Place& place, Actions& actions) {
  switch (kind) {
    case ActionKind::kAdd:
    case ActionKind::kRemove: {
      const bool is_add = kind == ActionKind::kAdd;
      FileAction file = FileOf(action, is_add, place);
      if (!file.path.empty()) (is_add ? actions.adds : actions.removes).push_back(std::move(file));
      return;
    }
    case ActionKind::kMetadata:
      actions.metadatas.push_back(WithoutNulls(action));
      return;
    case ActionKind::kProtocol:
      actions.protocols.push_back(WithoutNulls(action));
      return;
    case ActionKind::kTransaction:
      actions.transactions.emplace_back(
          TextOf(action, "appId"),
          Transaction{IntegerOf(action, "version").value_or(0), IntegerOf(action, "lastUpdated")});
      return;
    case ActionKind::kDomain:
      actions.domains.emplace_back(
          TextOf(action, "domain"),
          Domain{TextOf(action, "configuration"), Flag(action, "removed", false)});
      return;
    case ActionKind::kCdc:
      ++actions.cdc_count;
      return;
    case ActionKind::kCommitInfo:
      actions.commit_infos.push_back(action);
      return;
    case ActionKind::kCheckpointMetadata:
      actions.checkpoint_metadatas.push_back(action);
      return;
    case ActionKind::kSidecar:
      actions.sidecars.push_back(
          {TextOf(action, "path"), IntegerOf(action, "sizeInBytes").value_or(-1)});
      return;
  }
}

}  // namespace

std::string VectorDescriptor::Id() const {
  return offset ? fmt::format("{}{}@{}", storage, path, *offset) : storage + path;
}

std::string FileAction::Key() const {
  std::string key = name + kKeySeparator;
  if (vector) key += vector->Id();
  return key;
}

void AddAction(const Json& line, Source source, const Place& place, Findings& findings,
               Actions& actions) {
  const bool in_commit = source == Source::kCommit;
  if (!line.is_object() || line.size() != 1) {
    findings.Add(in_commit ? Rule::kCommitLine : Rule::kCheckpointAction, place,
                 line.is_object() ? fmt::format("{} actions in one line", line.size())
                                  : "the line is no JSON object");
  }
  if (!line.is_object()) {
    ++actions.count;
    return;
  }
  for (const auto& [name, action] : line.items()) {
    ++actions.count;
    if (actions.first_kind.empty()) actions.first_kind = name;
    const ActionRow* row = FindAction(name);
    if (row == nullptr) continue;  // the protocol lets readers pass over actions of the future
    if (!IsAllowed(*row, source)) {
      findings.Add(MisplacedRule(source), place, fmt::format("{} does not belong here", name));
      continue;
    }
    for (std::string& fault : FieldFaults(*row, action)) {
      findings.Add(in_commit ? Rule::kCommitAction : Rule::kCheckpointAction, place,
                   std::move(fault));
    }
    Keep(row->kind, action, place, actions);
  }
}

void AddLines(std::string_view text, Source source, Place place, Findings& findings,
              Actions& actions) {
  place.row = 0;
  while (!text.empty()) {
    ++place.row;
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    AddAction(ParseJson(line), source, place, findings, actions);
  }
}

}  // namespace neuralake::verify
