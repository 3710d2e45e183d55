#include "neuralake/verify/checkpoint/checkpoint_rules.h"

#include <chrono>
#include <set>

#include <fmt/format.h>

#include "neuralake/base/interval.h"
#include "neuralake/verify/checkpoint/file_difference.h"

namespace neuralake::verify {
namespace {

using Naming = CheckpointFiles::Naming;

class ShapeRules {
 public:
  ShapeRules(const CheckpointFiles& checkpoint, const CheckpointContent& content,
             std::int64_t version, Findings& findings)
      : checkpoint_(checkpoint),
        actions_(content.actions),
        place_{checkpoint.files.front().key, version},
        findings_(findings) {}

  void Run() {
    One(actions_.protocols.size(), "protocol");
    One(actions_.metadatas.size(), "metaData");
    EachOnce(actions_.transactions, "txn");
    EachOnce(actions_.domains, "domainMetadata");
    EachFileOnce();
    Kind();
  }

 private:
  void Add(std::string message) {
    findings_.Add(Rule::kCheckpointShape, place_, std::move(message));
  }

  void One(std::size_t count, std::string_view kind) {
    if (count != 1) Add(fmt::format("it has {} actions of kind {}", count, kind));
  }

  template <class Named>
  void EachOnce(const Named& named, std::string_view kind) {
    std::set<std::string> seen;
    for (const auto& [name, unused] : named) {
      if (!seen.insert(name).second) Add(fmt::format("it has {} twice as {}", Quoted(name), kind));
    }
  }

  void EachFileOnce() {
    std::set<std::string> keys;
    std::set<std::string> names;
    for (const FileAction& file : actions_.adds) {
      keys.insert(file.Key());
      if (!names.insert(file.name).second) Add("it adds " + Quoted(file.path) + " twice");
    }
    for (const FileAction& file : actions_.removes) {
      if (!keys.insert(file.Key()).second) Add("it has " + Quoted(file.path) + " twice");
    }
  }

  void Kind() {
    const std::size_t marks = actions_.checkpoint_metadatas.size();
    const bool is_v2 = marks > 0 || !actions_.sidecars.empty();
    if (is_v2 || checkpoint_.naming == Naming::kUuid) {
      if (marks != 1) Add(fmt::format("it has {} checkpointMetadata", marks));
    }
    for (const Json& mark : actions_.checkpoint_metadatas) {
      if (IntegerOf(mark, "version") != place_.version) {
        Add("its checkpointMetadata has another version");
      }
    }
    if (is_v2 && checkpoint_.naming == Naming::kMultiPart) Add("V2 actions in several parts");
  }

  const CheckpointFiles& checkpoint_;
  const Actions& actions_;
  const Place place_;
  Findings& findings_;
};

constexpr std::chrono::milliseconds kRetention = std::chrono::hours(24 * 7);

class ReplayRules {
 public:
  ReplayRules(const CheckpointFiles& checkpoint, const CheckpointContent& content,
              const TableState& state, Findings& findings)
      : checkpoint_(checkpoint),
        actions_(content.actions),
        state_(state),
        place_{checkpoint.files.front().key, state.version},
        findings_(findings) {}

  void Run() {
    CheckFiles();
    CheckTombstones();
    CheckHeads();
    CheckTransactions();
    CheckDomains();
    const bool has_v2 =
        checkpoint_.naming == Naming::kUuid || !actions_.checkpoint_metadatas.empty();
    if (has_v2 && !state_.protocol.Supports("v2Checkpoint")) {
      Add(Rule::kProtocolMissing, "a V2 checkpoint needs the feature v2Checkpoint");
    }
    if (checkpoint_.naming == Naming::kMultiPart && state_.protocol.Supports("v2Checkpoint")) {
      Add(Rule::kCheckpointParts, "several parts are forbidden with v2Checkpoint");
    }
  }

 private:
  void Add(Rule rule, std::string message) { findings_.Add(rule, place_, std::move(message)); }

  void CheckFiles() {
    std::map<std::string, const FileAction*> kept;
    for (const FileAction& file : actions_.adds) kept.emplace(file.Key(), &file);
    CompareFiles(kept, state_, Rule::kCheckpointFiles, Rule::kCheckpointFields, place_, findings_);
    for (const auto& [key, file] : kept) {
      const auto replayed = state_.files.find(key);
      if (replayed == state_.files.end()) continue;
      if (auto wrong = ParsedDifference(*file, replayed->second, state_.metadata)) {
        Add(Rule::kCheckpointParsed, fmt::format("{}: {}", Quoted(file->path), *wrong));
      }
    }
  }

  // Expired ones may be left out: what was removed before `oldest`, by the clock of the writer.
  std::int64_t OldestKept() const {
    const auto told = ParseInterval(state_.metadata.Property("delta.deletedFileRetentionDuration"));
    const auto written = checkpoint_.files.front().modified.time_since_epoch();
    return (std::chrono::duration_cast<std::chrono::milliseconds>(written) -
            told.value_or(kRetention))
        .count();
  }

  void CheckTombstones() {
    std::set<std::string> kept;
    for (const FileAction& file : actions_.removes) {
      kept.insert(file.Key());
      if (!state_.removed.contains(file.Key())) {
        Add(Rule::kCheckpointTombstones, Quoted(file.path) + " was not removed");
      }
    }
    const std::int64_t oldest = OldestKept();
    for (const auto& [key, file] : state_.removed) {
      if (kept.contains(key) || file.time.value_or(0) <= oldest) continue;
      Add(Rule::kCheckpointTombstones,
          fmt::format("{}, removed at {}, is missing", Quoted(file.path), file.time.value_or(0)));
    }
  }

  void CheckHeads() {
    if (actions_.protocols.size() == 1 && actions_.protocols[0] != state_.protocol_action) {
      Add(Rule::kCheckpointOther, "the protocol is not that of the replay");
    }
    if (actions_.metadatas.size() == 1 && actions_.metadatas[0] != state_.metadata.action) {
      Add(Rule::kCheckpointOther, "the metaData is not that of the replay");
    }
  }

  void CheckTransactions() {
    const std::map<std::string, Transaction> kept(actions_.transactions.begin(),
                                                  actions_.transactions.end());
    const bool may_expire =
        !state_.metadata.Property("delta.setTransactionRetentionDuration").empty();
    for (const auto& [name, transaction] : state_.transactions) {
      const auto found = kept.find(name);
      if (found == kept.end()) {
        if (!may_expire) Add(Rule::kCheckpointOther, "txn " + Quoted(name) + " is missing");
      } else if (found->second != transaction) {
        Add(Rule::kCheckpointOther, "txn " + Quoted(name) + " is another");
      }
    }
    for (const auto& [name, unused] : kept) {
      if (!state_.transactions.contains(name)) {
        Add(Rule::kCheckpointOther, "txn " + Quoted(name) + " is not in the replay");
      }
    }
  }

  void CheckDomains() {
    const std::map<std::string, Domain> kept(actions_.domains.begin(), actions_.domains.end());
    for (const auto& [name, domain] : state_.domains) {
      const auto found = kept.find(name);
      if (domain.removed) {
        if (found != kept.end()) {
          Add(Rule::kCheckpointOther, "domain " + Quoted(name) + " was removed");
        }
      } else if (found == kept.end() || found->second != domain) {
        Add(Rule::kCheckpointOther, "domain " + Quoted(name) + " is missing or another");
      }
    }
    for (const auto& [name, unused] : kept) {
      if (!state_.domains.contains(name)) {
        Add(Rule::kCheckpointOther, "domain " + Quoted(name) + " is not in the replay");
      }
    }
  }

  const CheckpointFiles& checkpoint_;
  const Actions& actions_;
  const TableState& state_;
  const Place place_;
  Findings& findings_;
};

}  // namespace

void CheckShape(const CheckpointFiles& checkpoint, const CheckpointContent& content,
                std::int64_t version, Findings& findings) {
  ShapeRules(checkpoint, content, version, findings).Run();
}

void CheckAgainstReplay(const CheckpointFiles& checkpoint, const CheckpointContent& content,
                        const TableState& state, Findings& findings) {
  ReplayRules(checkpoint, content, state, findings).Run();
}

}  // namespace neuralake::verify
