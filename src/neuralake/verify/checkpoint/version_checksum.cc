#include "neuralake/verify/checkpoint/version_checksum.h"

#include <algorithm>

#include <fmt/format.h>

#include "neuralake/verify/checkpoint/file_difference.h"
#include "neuralake/verify/log/action_json.h"
#include "neuralake/verify/saturating.h"

namespace neuralake::verify {
namespace {

constexpr std::int64_t kDeletedBins[] = {0,      1,       10,        100,        1000,
                                         10'000, 100'000, 1'000'000, 10'000'000, 2'147'483'647};

class ChecksumRules {
 public:
  ChecksumRules(const Json& json, const std::string& key, const TableState& state,
                Findings& findings)
      : json_(json), state_(state), place_{key, state.version}, findings_(findings) {}

  void Run() {
    for (const auto name : {"tableSizeBytes", "numFiles", "numMetadata", "numProtocol"}) {
      if (!IntegerOf(json_, name)) Add(Rule::kCrcRead, fmt::format("{} is missing", name));
    }
    for (const auto name : {"metadata", "protocol"}) {
      if (Member(json_, name) == nullptr) Add(Rule::kCrcRead, fmt::format("{} is missing", name));
    }
    CheckTotals();
    CheckHeads();
    CheckTransactions();
    CheckDomains();
    CheckSizeHistogram();
    CheckDeletedHistogram();
    CheckFiles();
  }

 private:
  void Add(Rule rule, std::string message) { findings_.Add(rule, place_, std::move(message)); }

  void Expect(std::string_view name, std::int64_t right) {
    const auto told = IntegerOf(json_, name);
    if (told && *told != right) {
      Add(Rule::kCrcTotals, fmt::format("{} is {} and not {}", name, *told, right));
    }
  }

  void CheckTotals() {
    std::int64_t bytes = 0;
    std::int64_t vectors = 0;
    std::int64_t deleted = 0;
    for (const auto& [key, file] : state_.files) {
      bytes = Sum(bytes, file.size.value_or(0));
      if (!file.vector) continue;
      ++vectors;
      deleted = Sum(deleted, file.vector->cardinality);
    }
    Expect("tableSizeBytes", bytes);
    Expect("numFiles", static_cast<std::int64_t>(state_.files.size()));
    Expect("numMetadata", 1);
    Expect("numProtocol", 1);
    Expect("numDeletedRecordsOpt", deleted);
    Expect("numDeletionVectorsOpt", vectors);
  }

  void CheckHeads() {
    const Json* metadata = Member(json_, "metadata");
    if (metadata != nullptr && WithoutNulls(*metadata) != state_.metadata.action) {
      Add(Rule::kCrcActions, "metadata is not that of the version");
    }
    const Json* protocol = Member(json_, "protocol");
    if (protocol != nullptr && WithoutNulls(*protocol) != state_.protocol_action) {
      Add(Rule::kCrcActions, "protocol is not that of the version");
    }
    const auto timestamp = IntegerOf(json_, "inCommitTimestampOpt");
    const auto right = state_.has_timestamps() ? state_.timestamp : std::nullopt;
    if (timestamp && timestamp != right) {
      Add(Rule::kCrcActions,
          fmt::format("inCommitTimestampOpt is {}, which the commit has not", *timestamp));
    }
  }

  void CheckTransactions() {
    const Json* list = Member(json_, "setTransactions");
    if (list == nullptr || !list->is_array()) return;
    std::map<std::string, std::int64_t> kept;
    for (const Json& item : *list) {
      kept[TextOf(item, "appId")] = IntegerOf(item, "version").value_or(-1);
    }
    for (const auto& [name, transaction] : state_.transactions) {
      const auto found = kept.find(name);
      if (found == kept.end() || found->second != transaction.version) {
        Add(Rule::kCrcActions, "txn " + Quoted(name) + " is missing or another");
      }
    }
    for (const auto& [name, unused] : kept) {
      if (!state_.transactions.contains(name)) {
        Add(Rule::kCrcActions, "txn " + Quoted(name) + " is not in the version");
      }
    }
  }

  void CheckDomains() {
    const Json* list = Member(json_, "domainMetadata");
    if (list == nullptr || !list->is_array()) return;
    std::map<std::string, std::string> kept;
    std::map<std::string, std::string> right;
    for (const Json& item : *list) kept[TextOf(item, "domain")] = TextOf(item, "configuration");
    for (const auto& [name, domain] : state_.domains) {
      if (!domain.removed) right[name] = domain.configuration;
    }
    if (kept != right) Add(Rule::kCrcActions, "domainMetadata is not that of the version");
  }

  static std::vector<std::int64_t> Numbers(const Json& json, std::string_view name) {
    std::vector<std::int64_t> numbers;
    const Json* list = Member(json, name);
    if (list == nullptr || !list->is_array()) return numbers;
    for (const Json& item : *list) {
      numbers.push_back(item.is_number_integer() ? item.get<std::int64_t>() : -1);
    }
    return numbers;
  }

  void CheckSizeHistogram() {
    const Json* histogram = Member(json_, "fileSizeHistogram");
    if (histogram == nullptr) histogram = Member(json_, "histogramOpt");
    if (histogram == nullptr) return;
    const auto starts = Numbers(*histogram, "sortedBinBoundaries");
    if (starts.empty() || starts[0] != 0 || !std::ranges::is_sorted(starts)) {
      return Add(Rule::kCrcHistogram, "its boundaries do not ascend from 0");
    }
    std::vector<std::int64_t> counts(starts.size());
    std::vector<std::int64_t> bytes(starts.size());
    for (const auto& [key, file] : state_.files) {
      const std::int64_t size = std::max<std::int64_t>(0, file.size.value_or(0));
      const auto bin =
          static_cast<std::size_t>(std::ranges::upper_bound(starts, size) - starts.begin() - 1);
      ++counts[bin];
      bytes[bin] = Sum(bytes[bin], size);
    }
    if (Numbers(*histogram, "fileCounts") != counts || Numbers(*histogram, "totalBytes") != bytes) {
      Add(Rule::kCrcHistogram, "the histogram of sizes is not that of the files");
    }
  }

  void CheckDeletedHistogram() {
    const Json* histogram = Member(json_, "deletedRecordCountsHistogramOpt");
    if (histogram == nullptr) return;
    std::vector<std::int64_t> counts(std::size(kDeletedBins));
    for (const auto& [key, file] : state_.files) {
      const std::int64_t deleted =
          file.vector ? std::max<std::int64_t>(0, file.vector->cardinality) : 0;
      ++counts[static_cast<std::size_t>(std::ranges::upper_bound(kDeletedBins, deleted) -
                                        std::begin(kDeletedBins) - 1)];
    }
    if (Numbers(*histogram, "deletedRecordCounts") != counts) {
      Add(Rule::kCrcHistogram, "the histogram of deleted rows is not that of the files");
    }
  }

  void CheckFiles() {
    const Json* list = Member(json_, "allFiles");
    if (list == nullptr || !list->is_array()) return;
    Actions actions;
    Findings unheard;  // what a field must be is the business of commits
    for (const Json& item : *list) {
      AddAction(Json{{"add", item}}, Source::kCheckpoint, {}, unheard, actions);
    }
    std::map<std::string, const FileAction*> kept;
    for (const FileAction& file : actions.adds) kept.emplace(file.Key(), &file);
    CompareFiles(kept, state_, Rule::kCrcFiles, Rule::kCrcFiles, place_, findings_);
  }

  const Json& json_;
  const TableState& state_;
  const Place place_;
  Findings& findings_;
};

}  // namespace

void CheckVersionChecksum(std::string_view text, const std::string& key, const TableState& state,
                          Findings& findings) {
  const Json json = ParseJson(text);
  if (!json.is_object()) {
    return findings.Add(Rule::kCrcRead, {key, state.version}, "it is no JSON object");
  }
  ChecksumRules(json, key, state, findings).Run();
}

}  // namespace neuralake::verify
