#include "neuralake/verify/log/action_fields.h"

#include <algorithm>

#include <fmt/format.h>

namespace neuralake::verify {
namespace {

using enum FieldKind;

constexpr FieldRow kAddFields[] = {
    {"path", kText, true},
    {"partitionValues", kTexts, true},
    {"size", kLong, true},
    {"modificationTime", kLong, true},
    {"dataChange", kBoolean, true},
    {"stats", kText, false},
    {"tags", kTexts, false},
    {"deletionVector", kVector, false},
    {"baseRowId", kLong, false},
    {"defaultRowCommitVersion", kLong, false},
    {"clusteringProvider", kText, false},
};
constexpr FieldRow kRemoveFields[] = {
    {"path", kText, true},
    {"deletionTimestamp", kLong, false},
    {"dataChange", kBoolean, true},
    {"extendedFileMetadata", kBoolean, false},
    {"partitionValues", kTexts, false},
    {"size", kLong, false},
    {"stats", kText, false},
    {"tags", kTexts, false},
    {"deletionVector", kVector, false},
    {"baseRowId", kLong, false},
    {"defaultRowCommitVersion", kLong, false},
};
constexpr FieldRow kMetadataFields[] = {
    {"id", kText, true},           {"name", kText, false},
    {"description", kText, false}, {"format", kFormat, true},
    {"schemaString", kText, true}, {"partitionColumns", kNames, true},
    {"createdTime", kLong, false}, {"configuration", kTexts, true},
};
constexpr FieldRow kProtocolFields[] = {
    {"minReaderVersion", kLong, true},
    {"minWriterVersion", kLong, true},
    {"readerFeatures", kNames, false},
    {"writerFeatures", kNames, false},
};
constexpr FieldRow kTransactionFields[] = {
    {"appId", kText, true}, {"version", kLong, true}, {"lastUpdated", kLong, false}};
constexpr FieldRow kDomainFields[] = {
    {"domain", kText, true}, {"configuration", kText, true}, {"removed", kBoolean, true}};
constexpr FieldRow kCdcFields[] = {
    {"path", kText, true},          {"partitionValues", kTexts, true}, {"size", kLong, true},
    {"dataChange", kBoolean, true}, {"tags", kTexts, false},
};
constexpr FieldRow kCheckpointMetadataFields[] = {{"version", kLong, true},
                                                  {"tags", kTexts, false}};
constexpr FieldRow kSidecarFields[] = {
    {"path", kText, true},
    {"sizeInBytes", kLong, true},
    {"modificationTime", kLong, true},
    {"tags", kTexts, false},
};
constexpr FieldRow kVectorFields[] = {
    {"storageType", kText, true}, {"pathOrInlineDv", kText, true}, {"offset", kLong, false},
    {"sizeInBytes", kLong, true}, {"cardinality", kLong, true},
};
constexpr FieldRow kFormatFields[] = {{"provider", kText, true}, {"options", kTexts, false}};

constexpr ActionRow kActions[] = {
    {ActionKind::kAdd, "add", kAddFields, true, true},
    {ActionKind::kRemove, "remove", kRemoveFields, true, true},
    {ActionKind::kMetadata, "metaData", kMetadataFields, true, true},
    {ActionKind::kProtocol, "protocol", kProtocolFields, true, true},
    {ActionKind::kTransaction, "txn", kTransactionFields, true, true},
    {ActionKind::kDomain, "domainMetadata", kDomainFields, true, true},
    {ActionKind::kCdc, "cdc", kCdcFields, true, false},
    {ActionKind::kCommitInfo, "commitInfo", {}, true, false},
    {ActionKind::kCheckpointMetadata, "checkpointMetadata", kCheckpointMetadataFields, false, true},
    {ActionKind::kSidecar, "sidecar", kSidecarFields, false, true},
};

bool IsTexts(const Json& value) {
  return value.is_object() && std::ranges::all_of(value, [](const Json& member) {
           return member.is_string() || member.is_null();
         });
}

bool IsNames(const Json& value) {
  return value.is_array() &&
         std::ranges::all_of(value, [](const Json& item) { return item.is_string(); });
}

bool Fits(FieldKind kind, const Json& value) {
  switch (kind) {
    case kText:
      return value.is_string();
    case kLong:
      return value.is_number_integer();
    case kBoolean:
      return value.is_boolean();
    case kTexts:
      return IsTexts(value);
    case kNames:
      return IsNames(value);
    case kVector:
    case kFormat:
      return value.is_object();
  }
  return false;
}

std::string_view Word(FieldKind kind) {
  constexpr std::string_view kWords[] = {"text",           "an integer",      "a boolean",
                                         "a map of texts", "a list of texts", "an object",
                                         "an object"};
  return kWords[static_cast<std::size_t>(kind)];
}

void Check(std::string_view parent, std::span<const FieldRow> fields, const Json& object,
           std::vector<std::string>& faults) {
  for (const FieldRow& field : fields) {
    const std::string name = fmt::format("{}.{}", parent, field.name);
    const Json* value = Member(object, field.name);
    if (value == nullptr) {
      if (field.required) faults.push_back(name + " is missing");
      continue;
    }
    if (!Fits(field.kind, *value)) {
      faults.push_back(fmt::format("{} is not {}", name, Word(field.kind)));
      continue;
    }
    if (field.kind == kVector) Check(name, kVectorFields, *value, faults);
    if (field.kind == kFormat) Check(name, kFormatFields, *value, faults);
  }
}

}  // namespace

const ActionRow* FindAction(std::string_view name) {
  const auto* found = std::ranges::find(kActions, name, &ActionRow::name);
  return found == std::end(kActions) ? nullptr : found;
}

std::vector<std::string> FieldFaults(const ActionRow& row, const Json& action) {
  std::vector<std::string> faults;
  if (!action.is_object()) {
    faults.push_back(fmt::format("{} is no object", row.name));
    return faults;
  }
  Check(row.name, row.fields, action, faults);
  return faults;
}

}  // namespace neuralake::verify
