#include "neuralake/verify/log_replay.h"

#include <fmt/format.h>

#include "neuralake/verify/checkpoint/checkpoint_rules.h"
#include "neuralake/verify/checkpoint/file_difference.h"
#include "neuralake/verify/checkpoint/version_checksum.h"
#include "neuralake/verify/state/commit_rules.h"
#include "neuralake/verify/state/head_rules.h"

namespace neuralake::verify {

Result<bool> LogReplay::Run(std::int64_t version) {
  std::int64_t first = version + 1;
  while (log_.commits.contains(first - 1)) --first;
  TRY(CheckOlder(first));
  if (first > 0 && !TRY(Start(first, version))) return false;
  for (std::int64_t v = state_.version + 1; v <= version; ++v) {
    TRY(deadline_.Check("verification"));
    TRY(ApplyCommit(v));
    TRY(CheckCompanions(v));
  }
  TRY(CheckCompacted(version));
  return true;
}

// Commits that the version does not need, and checkpoints that nothing can be compared with.
Status LogReplay::CheckOlder(std::int64_t before) {
  std::int64_t last = -1;
  for (const auto& [version, file] : log_.commits) {
    if (version >= before) break;
    TRY(ReadCommit(version, findings_));
    last = version;
  }
  if (last >= 0) {
    findings_.Add(Rule::kLogGap, {"", last + 1},
                  last + 2 == before
                      ? fmt::format("commit {} is missing", last + 1)
                      : fmt::format("commits {} to {} are missing", last + 1, before - 1));
  }
  return {};
}

Result<bool> LogReplay::Start(std::int64_t first, std::int64_t version) {
  for (const auto& [at, checkpoints] : log_.checkpoints) {
    if (at + 1 < first || at > version) continue;
    for (const CheckpointFiles& checkpoint : checkpoints) {
      if (!checkpoint.complete()) continue;
      const auto content = TRY(Read(checkpoint, at));
      tried_.insert(checkpoint.files.front().key);
      ++checkpoints_;
      if (!content) continue;
      state_.Apply(content->actions, state_.With(content->actions, at));
      base_ = at;
      CheckShape(checkpoint, *content, at, findings_);
      CheckHead(state_, {checkpoint.files.front().key, at}, findings_);
      // What it is compared with is itself: rules about its kind and its parsed forms are left.
      CheckAgainstReplay(checkpoint, *content, state_, findings_);
      counts_[at].push_back(content->counts);
      TRY(CheckCompanions(at));
      return true;
    }
  }
  findings_.Add(
      Rule::kLogStart, {"", version},
      fmt::format("commit {} is missing, and no checkpoint from there on can be read", first - 1));
  return false;
}

Result<Actions> LogReplay::ReadCommit(std::int64_t version, Findings& findings) {
  const storage::ObjectInfo& file = log_.commits.at(version);
  auto text = store_.Read(file.key, deadline_);
  if (!text && text.error().kind != ErrorKind::kNotFound) {
    return std::unexpected(std::move(text).error());
  }
  ++commits_;
  Actions actions;
  if (!text) {
    findings.Add(Rule::kLogGap, {file.key, version}, "it is gone");
  } else {
    AddLines(*text, Source::kCommit, {file.key, version}, findings, actions);
  }
  return actions;
}

Status LogReplay::ApplyCommit(std::int64_t version) {
  const Actions actions = TRY(ReadCommit(version, findings_));
  const std::string& key = log_.commits.at(version).key;
  StateHead head = state_.With(actions, version);
  CheckCommit(state_, head, actions, key, findings_);
  const bool has_both = !head.protocol_action.is_null() && !head.metadata.action.is_null();
  if (has_both && (!actions.protocols.empty() || !actions.metadatas.empty())) {
    CheckHead(head, {key, version}, findings_);
  }
  state_.Apply(actions, std::move(head));
  return {};
}

Result<std::optional<CheckpointContent>> LogReplay::Read(const CheckpointFiles& checkpoint,
                                                         std::int64_t version) {
  return ReadCheckpoint(store_, log_, checkpoint, version, findings_, deadline_);
}

Status LogReplay::CheckCheckpoints(std::int64_t version) {
  const auto found = log_.checkpoints.find(version);
  if (found == log_.checkpoints.end()) return {};
  for (const CheckpointFiles& checkpoint : found->second) {
    const std::string& key = checkpoint.files.front().key;
    if (tried_.contains(key)) continue;
    if (!checkpoint.complete()) {
      findings_.Add(
          Rule::kCheckpointParts, {key, version},
          fmt::format("{} of {} parts are there", checkpoint.files.size(), checkpoint.parts));
      continue;
    }
    ++checkpoints_;
    const auto content = TRY(Read(checkpoint, version));
    if (!content) continue;
    CheckShape(checkpoint, *content, version, findings_);
    CheckAgainstReplay(checkpoint, *content, state_, findings_);
    counts_[version].push_back(content->counts);
  }
  return {};
}

Status LogReplay::CheckCompanions(std::int64_t version) {
  TRY(CheckCheckpoints(version));
  const auto found = log_.checksums.find(version);
  if (found == log_.checksums.end()) return {};
  const auto text = store_.Read(found->second.key, deadline_);
  if (!text && text.error().kind != ErrorKind::kNotFound) return std::unexpected(text.error());
  ++checksums_;
  if (text) CheckVersionChecksum(*text, found->second.key, state_, findings_);
  return {};
}

Status LogReplay::CheckCompacted(std::int64_t version) {
  for (const CompactedFile& file : log_.compacted) {
    if (file.first <= base_ || file.last > version || file.first > file.last) continue;
    TableState right;
    Findings told_before;
    for (std::int64_t v = file.first; v <= file.last && log_.commits.contains(v); ++v) {
      const Actions actions = TRY(ReadCommit(v, told_before));
      --commits_;
      right.Apply(actions, right.With(actions, v));
    }
    const auto text = TRY(store_.Read(file.key, deadline_));
    const Place place{file.key, file.last};
    Actions actions;
    AddLines(text, Source::kCommit, place, findings_, actions);
    std::map<std::string, const FileAction*> kept;
    for (const FileAction& add : actions.adds) kept.emplace(add.Key(), &add);
    CompareFiles(kept, right, Rule::kLogCompacted, Rule::kLogCompacted, place, findings_);
    TableState made;
    made.Apply(actions, made.With(actions, file.last));
    if (made.removed.size() != right.removed.size() || made.transactions != right.transactions ||
        made.domains != right.domains || made.protocol_action != right.protocol_action ||
        made.metadata.action != right.metadata.action) {
      findings_.Add(Rule::kLogCompacted, place, "it is not what its commits come to");
    }
  }
  return {};
}

}  // namespace neuralake::verify
