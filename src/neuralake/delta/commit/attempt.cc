#include "neuralake/delta/commit/attempt.h"

#include <algorithm>

#include "neuralake/columnar/types.h"
#include "neuralake/delta/commit/action_json.h"
#include "neuralake/delta/state/table_snapshot.h"

namespace neuralake::delta {
namespace {

constexpr std::string_view kEngine = "Neuralake/0.1.0";

// Readers that stop early want to know first what a table is.
int Rank(const Action& action) {
  if (std::holds_alternative<CommitInfo>(action)) return 0;
  if (std::holds_alternative<Protocol>(action)) return 1;
  if (std::holds_alternative<Metadata>(action)) return 2;
  if (std::holds_alternative<RemoveFile>(action)) return 4;
  if (std::holds_alternative<AddFile>(action)) return 5;
  return 3;
}

std::string_view NameOf(Isolation isolation) {
  switch (isolation) {
    case Isolation::kSerializable:
      return "Serializable";
    case Isolation::kSnapshot:
      return "SnapshotIsolation";
    default:
      return "WriteSerializable";
  }
}

// Adds rows without having looked at the table, so that it stands wherever it lands.
bool IsBlindAppend(const std::vector<Action>& actions, const ReadSet& reads) {
  if (reads.whole_table || !reads.files.empty() || !reads.predicates.empty()) return false;
  return std::ranges::none_of(actions, [](const Action& action) {
    return std::holds_alternative<RemoveFile>(action) || std::holds_alternative<Metadata>(action) ||
           std::holds_alternative<Protocol>(action);
  });
}

}  // namespace

Attempt::Attempt(SnapshotPtr base, CommitRequest request, std::string token)
    : base_(std::move(base)),
      actions_(std::make_shared<std::vector<Action>>()),
      reads_(std::move(request.reads)),
      isolation_(request.isolation),
      token_(std::move(token)) {
  CommitInfo info = std::move(request.info);
  if (base_) info.read_version = base_->version();
  info.isolation_level = NameOf(isolation_);
  info.is_blind_append = IsBlindAppend(request.actions, reads_);
  if (!info.engine_info) info.engine_info = kEngine;
  info.txn_id = token_;
  actions_->reserve(request.actions.size() + 1);
  actions_->push_back(std::move(info));
  std::ranges::move(request.actions, std::back_inserter(*actions_));
  std::ranges::stable_sort(*actions_, {}, Rank);
  if (base_) {
    protocol_ = &base_->protocol();
    metadata_ = &base_->metadata();
  }
  for (Action& action : *actions_) {
    if (const auto* protocol = std::get_if<Protocol>(&action)) protocol_ = protocol;
    if (auto* metadata = std::get_if<Metadata>(&action)) {
      if (metadata->schema_text.empty()) {
        metadata->schema_text = columnar::FormatSchemaJson(metadata->schema);
      }
      metadata_ = own_metadata_ = metadata;
    }
  }
}

void Attempt::SetInCommitTimestamp(WallTime now) {
  if (!HasInCommitTimestamps(*protocol_, *metadata_)) return;
  if (base_) now = std::max(now, base_->timestamp() + std::chrono::milliseconds(1));
  const std::int64_t millis = now.time_since_epoch().count();
  std::get<CommitInfo>(actions_->front()).in_commit_timestamp = millis;
  const bool turned_on =
      base_ && own_metadata_ && !HasInCommitTimestamps(base_->protocol(), base_->metadata());
  if (!turned_on) return;
  own_metadata_->configuration["delta.inCommitTimestampEnablementVersion"] =
      std::to_string(version());
  own_metadata_->configuration["delta.inCommitTimestampEnablementTimestamp"] =
      std::to_string(millis);
}

Status Attempt::Prepare(const CommitGround& ground, WallTime now) {
  std::get<CommitInfo>(actions_->front()).timestamp = now.time_since_epoch().count();
  SetInCommitTimestamp(now);
  text_ = CommitText(*actions_);
  file_ = {actions_, MarkOf(text_)};
  next_ = TRY(ground.Advance(base_, file_, now));
  return {};
}

Status Attempt::Adopt(const CommitGround& ground, CommitFile there, WallTime committed) {
  file_ = std::move(there);
  next_ = TRY(ground.Advance(base_, file_, committed));
  return {};
}

void Attempt::Rebase(SnapshotPtr base) {
  // A commit in between with another protocol or metadata is a conflict, so both stay; only the
  // objects that hold them go with the old base.
  if (metadata_ == &base_->metadata()) metadata_ = &base->metadata();
  if (protocol_ == &base_->protocol()) protocol_ = &base->protocol();
  base_ = std::move(base);
  sent = unseen = false;
}

bool Attempt::Owns(const std::vector<Action>& actions) const {
  return std::ranges::any_of(actions, [this](const Action& action) {
    const auto* info = std::get_if<CommitInfo>(&action);
    return info != nullptr && info->txn_id == token_;
  });
}

}  // namespace neuralake::delta
