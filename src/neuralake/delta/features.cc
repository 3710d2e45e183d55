#include "neuralake/delta/features.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "neuralake/base/words.h"
#include "neuralake/delta/table.h"

namespace neuralake::delta {
namespace {

constexpr std::int32_t kReaderVersionMax = 3;
constexpr std::int32_t kWriterVersionMax = 7;

template <class Test>
bool AnyField(const std::vector<columnar::Field>& fields, Test test) {
  return std::ranges::any_of(fields, [&](const columnar::Field& field) {
    return test(field) || AnyField(field.type.children, test);
  });
}

bool AnyFieldHas(const Metadata& metadata, std::string_view key) {
  return AnyField(metadata.schema.fields,
                  [key](const columnar::Field& field) { return field.metadata.contains(key); });
}

bool AnyFieldIs(const Metadata& metadata, columnar::TypeId type) {
  return AnyField(metadata.schema.fields,
                  [type](const columnar::Field& field) { return field.type.id == type; });
}

bool AppendOnly(const Metadata& m) { return IsOn(m, "delta.appendOnly"); }
bool Invariants(const Metadata& m) { return AnyFieldHas(m, "delta.invariants"); }
bool Generated(const Metadata& m) { return AnyFieldHas(m, "delta.generationExpression"); }
bool Identity(const Metadata& m) { return AnyFieldHas(m, "delta.identity.start"); }
bool Defaults(const Metadata& m) { return AnyFieldHas(m, "CURRENT_DEFAULT"); }
bool ChangeFeed(const Metadata& m) { return IsOn(m, "delta.enableChangeDataFeed"); }
bool CommitTimes(const Metadata& m) {
  return IsOn(m, "delta.enableInCommitTimestamps") ||
         IsOn(m, "delta.enableInCommitTimestamps-preview");
}
bool Vectors(const Metadata& m) { return IsOn(m, "delta.enableDeletionVectors"); }
bool Ntz(const Metadata& m) { return AnyFieldIs(m, columnar::TypeId::kTimestampNtz); }
bool Variant(const Metadata& m) { return AnyFieldIs(m, columnar::TypeId::kVariant); }
bool IcebergV1(const Metadata& m) { return IsOn(m, "delta.enableIcebergCompatV1"); }
bool IcebergV2(const Metadata& m) { return IsOn(m, "delta.enableIcebergCompatV2"); }
bool IcebergV3(const Metadata& m) { return IsOn(m, "delta.enableIcebergCompatV3"); }
bool Shredding(const Metadata& m) { return IsOn(m, "delta.enableVariantShredding"); }
bool RowTracking(const Metadata& m) { return IsOn(m, "delta.enableRowTracking"); }
bool V2Checkpoints(const Metadata& metadata) {
  const auto policy = metadata.configuration.find("delta.checkpointPolicy");
  return policy != metadata.configuration.end() && policy->second == "v2";
}
bool Constraints(const Metadata& metadata) {
  const auto first = metadata.configuration.lower_bound(std::string_view("delta.constraints."));
  return first != metadata.configuration.end() && first->first.starts_with("delta.constraints.");
}
bool Mapping(const Metadata& metadata) {
  const auto mode = metadata.configuration.find("delta.columnMapping.mode");
  return mode != metadata.configuration.end() && mode->second != "none";
}
bool Widening(const Metadata& metadata) {
  return IsOn(metadata, "delta.enableTypeWidening") || AnyFieldHas(metadata, "delta.typeChanges");
}

// clang-format off
constexpr std::array kRows = {
    //          name                     alias                       readers  read   write  r  w  active   asked
    FeatureRow{"appendOnly",             "",                         false,   true,  true,  0, 2, AppendOnly},
    FeatureRow{"invariants",             "",                         false,   true,  false, 0, 2, Invariants},
    FeatureRow{"checkConstraints",       "",                         false,   true,  false, 0, 3, Constraints},
    FeatureRow{"changeDataFeed",         "",                         false,   true,  true,  0, 4, ChangeFeed},
    FeatureRow{"generatedColumns",       "",                         false,   true,  false, 0, 4, Generated},
    FeatureRow{"columnMapping",          "",                         true,    true,  true,  2, 5, Mapping},
    FeatureRow{"identityColumns",        "",                         false,   true,  false, 0, 6, Identity},
    FeatureRow{"deletionVectors",        "",                         true,    true,  true,  0, 0, Vectors},
    FeatureRow{"rowTracking",            "",                         false,   true,  false, 0, 0, nullptr, RowTracking},
    FeatureRow{"timestampNtz",           "timestampWithoutTimezone", true,    true,  true,  0, 0, Ntz},
    FeatureRow{"domainMetadata",         "",                         false,   true,  true,  0, 0, nullptr},
    FeatureRow{"v2Checkpoint",           "",                         true,    true,  true,  0, 0, nullptr, V2Checkpoints},
    FeatureRow{"vacuumProtocolCheck",    "",                         true,    true,  true,  0, 0, nullptr},
    FeatureRow{"clustering",             "",                         false,   true,  false, 0, 0, nullptr},
    FeatureRow{"typeWidening",           "",                         true,    true,  true,  0, 0, Widening},
    FeatureRow{"inCommitTimestamp",      "",                         false,   true,  true,  0, 0, CommitTimes},
    FeatureRow{"variantType",            "",                         true,    true,  false, 0, 0, Variant},
    FeatureRow{"variantShredding",       "",                         true,    true,  false, 0, 0, Shredding},
    FeatureRow{"catalogManaged",         "catalogOwned",             true,    false, false, 0, 0, nullptr},
    FeatureRow{"allowColumnDefaults",    "",                         false,   true,  false, 0, 0, Defaults},
    FeatureRow{"icebergCompatV1",        "",                         false,   true,  false, 0, 0, IcebergV1},
    FeatureRow{"icebergCompatV2",        "",                         false,   true,  false, 0, 0, IcebergV2},
    FeatureRow{"icebergCompatV3",        "",                         false,   true,  false, 0, 0, IcebergV3},
    FeatureRow{"icebergWriterCompatV1",  "",                         false,   true,  false, 0, 0, nullptr},
    FeatureRow{"icebergWriterCompatV3",  "",                         false,   true,  false, 0, 0, nullptr},
    FeatureRow{"checkpointProtection",   "",                         false,   true,  false, 0, 0, nullptr},
    FeatureRow{"materializePartitionColumns", "",                    false,   true,  false, 0, 0, nullptr},
    FeatureRow{"columnMappingUsageTracking", "",                     false,   true,  false, 0, 0, nullptr},
    FeatureRow{"coordinatedCommits",     "",                         false,   true,  false, 0, 0, nullptr},
    FeatureRow{"redirectWriterOnly",     "",                         false,   true,  false, 0, 0, nullptr},
    FeatureRow{"redirectReaderWriter",   "",                         true,    false, false, 0, 0, nullptr},
    FeatureRow{"collations",             "",                         false,   true,  false, 0, 0, nullptr},
    FeatureRow{"geospatial",             "",                         true,    false, false, 0, 0, nullptr},
    FeatureRow{"adaptiveMetadata",       "",                         true,    false, false, 0, 0, nullptr},
    FeatureRow{"timestampNanos",         "",                         true,    false, false, 0, 0, nullptr},
};
// clang-format on

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::unexpected<Error> Unsupported(std::string what) {
  return Fail(ErrorKind::kUnsupported, std::move(what));
}

bool Lists(const std::optional<std::vector<std::string>>& names, const FeatureRow& row) {
  return names && std::ranges::any_of(*names, [&row](const std::string& name) {
           return FindFeature(name) == &row;
         });
}

}  // namespace

std::span<const FeatureRow> FeatureRows() { return kRows; }

const FeatureRow* FindFeature(std::string_view name) {
  constexpr std::string_view kPreview = "-preview";
  if (name.ends_with(kPreview)) name.remove_suffix(kPreview.size());
  for (const auto& row : kRows) {
    if (row.name == name || (!row.alias.empty() && row.alias == name)) return &row;
  }
  return nullptr;
}

bool IsOn(const Metadata& metadata, std::string_view property) {
  const auto found = metadata.configuration.find(property);
  return found != metadata.configuration.end() && Folded(found->second) == "true";
}

bool NeedsFeature(const Metadata& metadata, const FeatureRow& row) {
  return (row.is_active != nullptr && row.is_active(metadata)) ||
         (row.is_asked != nullptr && row.is_asked(metadata));
}

bool SupportsFeature(const Protocol& protocol, std::string_view name) {
  const FeatureRow* row = FindFeature(name);
  if (row == nullptr) return false;
  if (Lists(protocol.writer_features, *row) || Lists(protocol.reader_features, *row)) return true;
  return row->legacy_writer != 0 && protocol.min_writer_version < kWriterVersionMax &&
         protocol.min_writer_version >= row->legacy_writer;
}

Status CheckReadable(const Protocol& protocol) {
  if (protocol.min_reader_version < 1) {
    return Fail(ErrorKind::kCorruption,
                fmt::format("reader version {} is not one", protocol.min_reader_version));
  }
  std::vector<std::string> missing;
  for (const auto& name : protocol.reader_features.value_or(std::vector<std::string>{})) {
    const FeatureRow* row = FindFeature(name);
    if (row == nullptr || !row->can_read) missing.push_back(name);
  }
  if (protocol.min_reader_version > kReaderVersionMax) {
    const auto also = missing.empty() ? "" : ", with unknown features " + Join(missing);
    return Unsupported(fmt::format("reader version {} is not supported (at most {}){}",
                                   protocol.min_reader_version, kReaderVersionMax, also));
  }
  if (!missing.empty()) {
    return Unsupported("the table needs reader features that are not supported: " + Join(missing));
  }
  if (protocol.min_reader_version == kReaderVersionMax && !protocol.reader_features) {
    return Fail(ErrorKind::kCorruption, "protocol has reader version 3 but no readerFeatures");
  }
  return {};
}

Status CheckWritable(const Protocol& protocol, const Metadata& metadata) {
  TRY(CheckReadable(protocol));
  if (protocol.min_writer_version > kWriterVersionMax) {
    return Unsupported(fmt::format("writer version {} is not supported (at most {})",
                                   protocol.min_writer_version, kWriterVersionMax));
  }
  std::vector<std::string> missing;
  for (const auto& name : protocol.writer_features.value_or(std::vector<std::string>{})) {
    if (FindFeature(name) == nullptr) missing.push_back(name);
  }
  for (const auto& row : kRows) {
    if (row.can_write || !SupportsFeature(protocol, row.name)) continue;
    if (row.is_active == nullptr || row.is_active(metadata)) missing.emplace_back(row.name);
  }
  if (!missing.empty()) {
    return Unsupported("the table needs writer features that are not supported: " + Join(missing));
  }
  return {};
}

}  // namespace neuralake::delta
