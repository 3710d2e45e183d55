#include "neuralake/delta/commit/conflict.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

namespace neuralake::delta {
namespace {

std::unexpected<Error> Conflict(Version version, std::string_view kind, std::string what) {
  return Fail(ErrorKind::kConflict,
              fmt::format("version {} conflicts ({}): {}", version, kind, what));
}

AddFile AsAdd(const RemoveFile& remove) {
  AddFile file;
  file.path = remove.path;
  file.partition_values = remove.partition_values;
  file.size = remove.size.value_or(0);
  file.stats = remove.stats;
  file.deletion_vector = remove.deletion_vector;
  return file;
}

class Judge {
 public:
  Judge(const Transaction& ours, Version version, std::span<const Action> winner,
        const MayMatch& may_match)
      : ours_(ours), version_(version), may_match_(may_match) {
    for (const Action& action : ours.actions) {
      if (const auto* remove = std::get_if<RemoveFile>(&action)) removed_.insert(remove->path);
      if (std::holds_alternative<Metadata>(action)) changes_metadata_ = true;
    }
    for (const std::string& path : ours.reads->files) read_.insert(path);
    for (const Action& action : winner) {
      const auto* info = std::get_if<CommitInfo>(&action);
      if (info != nullptr) winner_is_blind_ = info->is_blind_append.value_or(false);
    }
  }

  Status operator()(const Protocol&) const {
    return Conflict(version_, "protocol changed", "it changed the table's protocol");
  }
  Status operator()(const Metadata&) const {
    return Conflict(version_, "metadata changed", "it changed the table's schema or properties");
  }
  Status operator()(const CommitInfo&) const { return {}; }
  Status operator()(const AddCdcFile&) const { return {}; }

  Status operator()(const SetTransaction& theirs) const {
    for (const Action& action : ours_.actions) {
      const auto* own = std::get_if<SetTransaction>(&action);
      if (own == nullptr || own->app_id != theirs.app_id) continue;
      return Conflict(version_, "concurrent transaction",
                      fmt::format("application {} wrote {} there", theirs.app_id, theirs.version));
    }
    return {};
  }

  Status operator()(const DomainMetadata& theirs) const {
    for (const Action& action : ours_.actions) {
      const auto* own = std::get_if<DomainMetadata>(&action);
      if (own == nullptr || own->domain != theirs.domain) continue;
      return Conflict(version_, "concurrent domain change",
                      fmt::format("it changed domain {}", theirs.domain));
    }
    return {};
  }

  Status operator()(const RemoveFile& theirs) const {
    if (removed_.contains(theirs.path)) {
      return Conflict(version_, "concurrent delete delete",
                      fmt::format("file {}, which this commit removes, was removed", theirs.path));
    }
    if (!theirs.data_change) return {};
    const bool was_read = read_.contains(theirs.path) ||
                          (ours_.isolation != Isolation::kSnapshot && Matches(AsAdd(theirs)));
    if (!was_read) return {};
    return Conflict(version_, "concurrent delete read",
                    fmt::format("file {}, which this commit read, was removed", theirs.path));
  }

  Status operator()(const AddFile& theirs) const {
    if (!theirs.data_change || ours_.isolation == Isolation::kSnapshot) return {};
    const bool ignores_blind = ours_.isolation == Isolation::kWriteSerializable;
    if (winner_is_blind_ && ignores_blind && !changes_metadata_) return {};
    if (!Matches(theirs)) return {};
    return Conflict(version_, "concurrent append",
                    fmt::format("file {} was added to what this commit read", theirs.path));
  }

 private:
  bool Matches(const AddFile& file) const {
    if (ours_.reads->whole_table) return true;
    return std::ranges::any_of(ours_.reads->predicates, [&](const Predicate& predicate) {
      return may_match_(file, predicate);
    });
  }

  const Transaction& ours_;
  const Version version_;
  const MayMatch& may_match_;
  std::unordered_set<std::string_view> removed_;
  std::unordered_set<std::string_view> read_;
  bool changes_metadata_ = false;
  bool winner_is_blind_ = false;
};

}  // namespace

Status CheckConflict(const Transaction& ours, Version version, std::span<const Action> winner,
                     const MayMatch& may_match) {
  const Judge judge(ours, version, winner, may_match);
  for (const Action& action : winner) TRY(std::visit(judge, action));
  return {};
}

}  // namespace neuralake::delta
