#include <algorithm>

#include <fmt/format.h>

#include "neuralake/verify/state/head_rules.h"

namespace neuralake::verify {
namespace {

bool Holds(const std::optional<std::vector<std::string>>& list, std::string_view name) {
  return list && std::ranges::find(*list, name) != list->end();
}

void CheckVersions(const ProtocolVersions& protocol, const Place& place, Findings& findings) {
  if (protocol.reader < 1 || protocol.reader > 3 || protocol.writer < 1 || protocol.writer > 7) {
    findings.Add(
        Rule::kProtocolVersions, place,
        fmt::format("reader version {} and writer version {}", protocol.reader, protocol.writer));
  } else if (protocol.reader == 3 && protocol.writer != 7) {
    findings.Add(Rule::kProtocolVersions, place,
                 fmt::format("reader version 3 with writer version {}", protocol.writer));
  }
  if (protocol.reader_features.has_value() != (protocol.reader == 3)) {
    findings.Add(Rule::kProtocolLists, place,
                 fmt::format("reader version {} {} readerFeatures", protocol.reader,
                             protocol.reader_features ? "with" : "without"));
  }
  if (protocol.writer_features.has_value() != (protocol.writer == 7)) {
    findings.Add(Rule::kProtocolLists, place,
                 fmt::format("writer version {} {} writerFeatures", protocol.writer,
                             protocol.writer_features ? "with" : "without"));
  }
}

void CheckFeature(const ProtocolVersions& protocol, const std::string& name, const Place& place,
                  Findings& findings) {
  const FeatureRow* row = FindFeature(name);
  const bool by_reader = Holds(protocol.reader_features, name);
  if (row == nullptr) {
    findings.Add(Rule::kProtocolUnknown, place, "unknown feature " + Quoted(name));
    return;
  }
  if (!Holds(protocol.writer_features, name)) {
    findings.Add(Rule::kProtocolFeature, place, name + " is in readerFeatures alone");
  } else if (by_reader && !row->for_readers) {
    findings.Add(Rule::kProtocolFeature, place, name + " is for writers and in readerFeatures");
  } else if (!by_reader && row->for_readers &&
             !(row->legacy_reader > 0 && protocol.reader < 3 &&
               protocol.reader >= row->legacy_reader)) {
    findings.Add(Rule::kProtocolFeature, place, name + " is for readers and not in readerFeatures");
  }
  if (!row->needs.empty() && !protocol.Supports(row->needs)) {
    findings.Add(Rule::kProtocolDependency, place, fmt::format("{} without {}", name, row->needs));
  }
}

void CheckFeatures(const ProtocolVersions& protocol, const Place& place, Findings& findings) {
  for (const std::string& name : protocol.writer_features.value_or(std::vector<std::string>())) {
    CheckFeature(protocol, name, place, findings);
  }
  for (const std::string& name : protocol.reader_features.value_or(std::vector<std::string>())) {
    if (!Holds(protocol.writer_features, name)) CheckFeature(protocol, name, place, findings);
  }
}

struct Need {
  std::string_view property;
  std::string_view feature;
};

// Properties that do nothing, or harm, unless the protocol has the feature.
constexpr Need kPropertyNeeds[] = {
    {"delta.appendOnly", "appendOnly"},
    {"delta.enableChangeDataFeed", "changeDataFeed"},
    {"delta.enableDeletionVectors", "deletionVectors"},
    {"delta.enableRowTracking", "rowTracking"},
    {"delta.enableTypeWidening", "typeWidening"},
    {"delta.enableInCommitTimestamps", "inCommitTimestamp"},
    {"delta.enableIcebergCompatV1", "icebergCompatV1"},
    {"delta.enableIcebergCompatV2", "icebergCompatV2"},
    {"delta.enableVariantShredding", "variantShredding"},
};

class Needs {
 public:
  Needs(const StateHead& head, const Place& place, Findings& findings)
      : head_(head), place_(place), findings_(findings) {}

  void Of(std::string_view feature, const std::string& what) {
    if (head_.protocol.Supports(feature)) return;
    findings_.Add(Rule::kProtocolMissing, place_,
                  fmt::format("{} needs the feature {}", what, feature));
  }

  void OfField(const Field& field, const std::string& path) {
    OfType(field.type, path);
    const auto has = [&field](std::string_view key) { return Member(field.metadata, key); };
    if (has("delta.generationExpression")) Of("generatedColumns", "generated column " + path);
    if (has("delta.invariants")) Of("invariants", "the invariant of " + path);
    if (has("CURRENT_DEFAULT")) Of("allowColumnDefaults", "the default of " + path);
    if (has("delta.identity.step")) Of("identityColumns", "identity column " + path);
    if (has("delta.typeChanges")) Of("typeWidening", "the changed type of " + path);
  }

 private:
  void OfType(const Type& type, const std::string& path) {
    if (type.id == TypeId::kTimestampNtz) Of("timestampNtz", "column " + path);
    if (type.id == TypeId::kVariant) Of("variantType", "column " + path);
    if (type.id == TypeId::kStruct) return;  // its fields are visited by themselves
    for (const Field& child : type.children) OfType(child.type, path);
  }

  const StateHead& head_;
  const Place& place_;
  Findings& findings_;
};

void CheckNeeds(const StateHead& head, const Place& place, Findings& findings) {
  Needs needs(head, place, findings);
  for (const Need& need : kPropertyNeeds) {
    if (head.metadata.IsOn(need.property)) needs.Of(need.feature, std::string(need.property));
  }
  if (head.metadata.mapping_mode() != "none") needs.Of("columnMapping", "column mapping");
  if (head.metadata.Property("delta.checkpointPolicy") == "v2") {
    needs.Of("v2Checkpoint", "delta.checkpointPolicy");
  }
  for (const auto& [key, value] : head.metadata.properties) {
    if (key.starts_with("delta.constraints.")) needs.Of("checkConstraints", key);
  }
  if (!head.metadata.schema) return;
  const auto visit = [&needs](const Field& field, const std::vector<std::string>& path) {
    needs.OfField(field, Quoted(fmt::format("{}", fmt::join(path, "."))));
  };
  std::vector<std::string> path;
  ForEachField(head.metadata.schema->fields, path, visit);
}

}  // namespace

void CheckHead(const StateHead& head, const Place& place, Findings& findings) {
  CheckVersions(head.protocol, place, findings);
  CheckFeatures(head.protocol, place, findings);
  CheckMetadata(head, place, findings);
  CheckNeeds(head, place, findings);
}

}  // namespace neuralake::verify
