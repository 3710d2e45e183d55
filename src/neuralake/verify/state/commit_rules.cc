#include "neuralake/verify/state/commit_rules.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "neuralake/verify/data/statistics.h"
#include "neuralake/verify/saturating.h"

namespace neuralake::verify {
namespace {

class CommitRules {
 public:
  CommitRules(const TableState& before, const StateHead& after, const Actions& actions,
              const std::string& file, Findings& findings)
      : before_(before),
        after_(after),
        actions_(actions),
        place_{file, after.version},
        findings_(findings) {}

  void Run() {
    if (actions_.count == 0) Add(Rule::kCommitEmpty, "it holds no action");
    CheckRepeated();
    CheckFirst();
    CheckNeeds();
    CheckFiles();
    CheckRemoves();
    CheckRearranged();
    CheckTimestamp();
    CheckMetrics();
  }

 private:
  void Add(Rule rule, std::string message, std::int64_t row = -1) {
    Place place = place_;
    place.row = row;
    findings_.Add(rule, place, std::move(message));
  }

  void AtMostOne(std::size_t count, std::string_view kind) {
    if (count > 1) Add(Rule::kCommitRepeated, fmt::format("{} actions of kind {}", count, kind));
  }

  template <class Named>
  void EachOnce(const Named& named, std::string_view kind) {
    std::set<std::string> seen;
    for (const auto& [name, unused] : named) {
      if (!seen.insert(name).second) {
        Add(Rule::kCommitRepeated, fmt::format("two {} of {}", kind, Quoted(name)));
      }
    }
  }

  void CheckRepeated() {
    AtMostOne(actions_.metadatas.size(), "metaData");
    AtMostOne(actions_.protocols.size(), "protocol");
    AtMostOne(actions_.commit_infos.size(), "commitInfo");
    EachOnce(actions_.transactions, "txn");
    EachOnce(actions_.domains, "domainMetadata");
  }

  void CheckFirst() {
    if (after_.version != 0) return;
    if (actions_.protocols.empty()) Add(Rule::kCommitFirst, "version 0 has no protocol");
    if (actions_.metadatas.empty()) Add(Rule::kCommitFirst, "version 0 has no metaData");
  }

  void CheckNeeds() {
    const auto has_vector = [](const FileAction& file) { return file.vector.has_value(); };
    if (std::ranges::any_of(actions_.adds, has_vector) &&
        !after_.protocol.Supports("deletionVectors")) {
      Add(Rule::kProtocolMissing, "a deletion vector needs the feature deletionVectors");
    }
    if (!actions_.domains.empty() && !after_.protocol.Supports("domainMetadata")) {
      Add(Rule::kProtocolMissing, "domainMetadata needs the feature domainMetadata");
    }
  }

  void Unique(const std::vector<FileAction>& files, std::string_view verb) {
    std::set<std::string> names;
    for (const FileAction& file : files) {
      if (!names.insert(file.name).second) {
        Add(Rule::kCommitFileTwice, fmt::format("{} is {} twice", Quoted(file.path), verb),
            file.row);
      }
    }
  }

  void CheckFiles() {
    Unique(actions_.adds, "added");
    Unique(actions_.removes, "removed");
    std::set<std::string> removed;
    for (const FileAction& file : actions_.removes) removed.insert(file.Key());
    for (const FileAction& file : actions_.adds) {
      if (removed.contains(file.Key())) {
        Add(Rule::kCommitAddAndRemove, Quoted(file.path) + " is added and removed", file.row);
      }
      const FileAction* old = before_.FindByName(file.name);
      if (old != nullptr && old->Key() != file.Key() && !removed.contains(old->Key())) {
        Add(Rule::kCommitVectorReplaced,
            Quoted(file.path) + " is added with another deletion vector than it has", file.row);
      }
    }
  }

  void CheckRemoves() {
    const bool append_only = after_.metadata.IsOn("delta.appendOnly") &&
                             before_.metadata.IsOn("delta.appendOnly") &&
                             after_.protocol.Supports("appendOnly");
    for (const FileAction& file : actions_.removes) {
      if (!before_.files.contains(file.Key())) {
        Add(Rule::kCommitRemoveUnknown,
            fmt::format("{} is removed and was not in the table", Quoted(file.path)), file.row);
      }
      if (append_only && file.data_change) {
        Add(Rule::kCommitAppendOnly, Quoted(file.path) + " is removed", file.row);
      }
    }
  }

  static std::optional<std::int64_t> RowsOf(const FileAction& file) {
    if (!file.stats) return std::nullopt;
    const auto statistics = ParseStatistics(*file.stats);
    if (!statistics || !statistics->num_records) return std::nullopt;
    return Minus(*statistics->num_records, file.vector ? file.vector->cardinality : 0);
  }

  // Adds of files that are in the table already replace them: both sides count.
  void CheckRearranged() {
    std::int64_t added = 0;
    std::int64_t removed = 0;
    for (const FileAction& file : actions_.adds) {
      if (file.data_change) continue;
      const auto rows = RowsOf(file);
      if (!rows) return;
      added = Sum(added, *rows);
      if (const auto old = before_.files.find(file.Key()); old != before_.files.end()) {
        const auto old_rows = RowsOf(old->second);
        if (!old_rows) return;
        removed = Sum(removed, *old_rows);
      }
    }
    for (const FileAction& file : actions_.removes) {
      if (file.data_change) continue;
      const auto old = before_.files.find(file.Key());
      if (old == before_.files.end()) return;
      const auto rows = RowsOf(old->second);
      if (!rows) return;
      removed = Sum(removed, *rows);
    }
    if (added != removed) {
      Add(Rule::kCommitRearranged,
          fmt::format("{} rows are added and {} removed without a change of data", added, removed));
    }
  }

  void CheckTimestamp() {
    if (!after_.has_timestamps()) return;
    if (actions_.commit_infos.empty()) {
      return Add(Rule::kCommitTimestamp, "there is no commitInfo");
    }
    if (actions_.first_kind != "commitInfo") Add(Rule::kCommitTimestamp, "commitInfo is not first");
    if (!after_.timestamp) return Add(Rule::kCommitTimestamp, "there is no inCommitTimestamp");
    if (before_.has_timestamps() && before_.timestamp && *after_.timestamp <= *before_.timestamp) {
      Add(Rule::kCommitTimestamp, fmt::format("{} is not after {} of the version before",
                                              *after_.timestamp, *before_.timestamp));
    }
  }

  // A commit that was cut behind its first line still reads as one: only its metrics tell. Engines
  // count files without rows, which they then leave out.
  void CheckMetrics() {
    if (actions_.commit_infos.size() != 1 || actions_.count != 1) return;
    const Json& info = actions_.commit_infos.front();
    const auto metrics = info.find("operationMetrics");
    if (metrics == info.end() || !metrics->is_object()) return;
    const auto rows = metrics->find("numOutputRows");
    if (rows != metrics->end() && CountIn(*rows) == 0) return;
    // Spark's for plain writes, its other commands', delta-rs's.
    for (const char* name : {"numFiles", "numAddedFiles", "num_added_files"}) {
      const auto counted = metrics->find(name);
      const auto files = counted == metrics->end() ? 0 : CountIn(*counted);
      if (files <= 0) continue;
      Add(Rule::kCommitMetrics,
          fmt::format("commitInfo counts {} in {}, and is all there is", files, name));
    }
  }

  // Spark writes numbers as text. Zero for what is none.
  static std::int64_t CountIn(const Json& value) {
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (!value.is_string()) return 0;
    const auto& text = value.get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} ? number : 0;
  }

  const TableState& before_;
  const StateHead& after_;
  const Actions& actions_;
  const Place place_;
  Findings& findings_;
};

}  // namespace

void CheckCommit(const TableState& before, const StateHead& after, const Actions& actions,
                 const std::string& file, Findings& findings) {
  CommitRules(before, after, actions, file, findings).Run();
}

}  // namespace neuralake::verify
