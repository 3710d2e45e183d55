#include "neuralake/verify/state/features.h"

#include <algorithm>

namespace neuralake::verify {
namespace {

constexpr FeatureRow kFeatures[] = {
    {"appendOnly", false, 0, 2, ""},
    {"invariants", false, 0, 2, ""},
    {"checkConstraints", false, 0, 3, ""},
    {"changeDataFeed", false, 0, 4, ""},
    {"generatedColumns", false, 0, 4, ""},
    {"columnMapping", true, 2, 5, ""},
    {"identityColumns", false, 0, 6, ""},
    {"deletionVectors", true, 0, 0, ""},
    {"rowTracking", false, 0, 0, "domainMetadata"},
    {"timestampNtz", true, 0, 0, ""},
    {"domainMetadata", false, 0, 0, ""},
    {"v2Checkpoint", true, 0, 0, ""},
    {"vacuumProtocolCheck", true, 0, 0, ""},
    {"clustering", false, 0, 0, "domainMetadata"},
    {"typeWidening", true, 0, 0, ""},
    {"inCommitTimestamp", false, 0, 0, ""},
    {"variantType", true, 0, 0, ""},
    {"variantShredding", true, 0, 0, "variantType"},
    {"allowColumnDefaults", false, 0, 0, ""},
    {"catalogManaged", true, 0, 0, "inCommitTimestamp"},
    {"catalogOwned", true, 0, 0, "inCommitTimestamp"},
    {"icebergCompatV1", false, 0, 0, "columnMapping"},
    {"icebergCompatV2", false, 0, 0, "columnMapping"},
    {"icebergCompatV3", false, 0, 0, "columnMapping"},
    {"icebergWriterCompatV1", false, 0, 0, "icebergCompatV2"},
    {"icebergWriterCompatV3", false, 0, 0, "icebergCompatV3"},
    {"checkpointProtection", false, 0, 0, ""},
    {"materializePartitionColumns", false, 0, 0, ""},
    {"collations", false, 0, 0, ""},
    {"geospatial", true, 0, 0, ""},
    {"coordinatedCommits", false, 0, 0, "inCommitTimestamp"},
    {"managedCommit", false, 0, 0, "inCommitTimestamp"},
};

bool Lists(const std::optional<std::vector<std::string>>& list, std::string_view feature) {
  return list && std::ranges::any_of(*list, [feature](const std::string& name) {
           const FeatureRow* row = FindFeature(name);
           return row != nullptr && row->name == feature;
         });
}

std::optional<std::vector<std::string>> Names(const Json& protocol, std::string_view member) {
  const Json* list = Member(protocol, member);
  if (list == nullptr || !list->is_array()) return std::nullopt;
  std::vector<std::string> names;
  for (const Json& name : *list) {
    if (name.is_string()) names.push_back(name.get<std::string>());
  }
  return names;
}

}  // namespace

std::span<const FeatureRow> FeatureRows() { return kFeatures; }

const FeatureRow* FindFeature(std::string_view name) {
  constexpr std::string_view kPreview = "-preview";
  if (name == "timestampWithoutTimezone") name = "timestampNtz";
  if (name.ends_with(kPreview)) name.remove_suffix(kPreview.size());
  if (name.ends_with("-dev")) name.remove_suffix(4);
  const auto* found = std::ranges::find(kFeatures, name, &FeatureRow::name);
  return found == std::end(kFeatures) ? nullptr : found;
}

bool ProtocolVersions::Supports(std::string_view feature) const {
  const FeatureRow* row = FindFeature(feature);
  if (row == nullptr) return false;
  const bool by_writer = writer >= 7 ? Lists(writer_features, row->name)
                                     : row->legacy_writer > 0 && writer >= row->legacy_writer;
  if (!row->for_readers) return by_writer;
  const bool by_reader = reader >= 3 ? Lists(reader_features, row->name)
                                     : row->legacy_reader > 0 && reader >= row->legacy_reader;
  return by_writer && by_reader;
}

ProtocolVersions ProtocolOf(const Json& protocol) {
  return {IntegerOf(protocol, "minReaderVersion").value_or(0),
          IntegerOf(protocol, "minWriterVersion").value_or(0), Names(protocol, "readerFeatures"),
          Names(protocol, "writerFeatures")};
}

}  // namespace neuralake::verify
