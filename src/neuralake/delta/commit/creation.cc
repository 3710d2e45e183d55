#include "neuralake/delta/commit/creation.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "neuralake/base/uuid.h"
#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/mapped_names.h"
#include "neuralake/columnar/types.h"
#include "neuralake/delta/features.h"
#include "neuralake/delta/log/file_names.h"

namespace neuralake::delta {
namespace {

using columnar::Field;

constexpr std::string_view kFeaturePrefix = "delta.feature.";
constexpr std::string_view kMaxColumnId = "delta.columnMapping.maxColumnId";

// Takes out the properties that ask for features and not for behaviour.
Result<std::vector<std::string>> TakeFeatureRequests(StringMap& configuration) {
  std::vector<std::string> names;
  for (auto it = configuration.begin(); it != configuration.end();) {
    const bool is_version =
        it->first == "delta.minReaderVersion" || it->first == "delta.minWriterVersion";
    if (!is_version && !it->first.starts_with(kFeaturePrefix)) {
      ++it;
      continue;
    }
    if (!is_version) {
      const std::string name = it->first.substr(kFeaturePrefix.size());
      if (FindFeature(name) == nullptr) {
        return Fail(ErrorKind::kInvalid, fmt::format("there is no table feature {}", name));
      }
      if (it->second != "supported" && it->second != "enabled") {
        return Fail(ErrorKind::kInvalid,
                    fmt::format("{} is '{}', not 'supported'", it->first, it->second));
      }
      names.push_back(name);
    }
    it = configuration.erase(it);
  }
  return names;
}

std::int64_t LargestId(const std::vector<Field>& fields) {
  std::int64_t largest = 0;
  for (const Field& field : fields) {
    largest = std::max({largest, field.metadata_integer("delta.columnMapping.id").value_or(0),
                        LargestId(field.type.children)});
  }
  return largest;
}

// Only fields of structs are columns; elements, keys and values have no names of their own.
void NumberColumns(std::vector<Field>& fields, std::int64_t& last, Rng& rng) {
  for (Field& field : fields) {
    if (!field.metadata.contains("delta.columnMapping.id")) {
      field.metadata["delta.columnMapping.id"] = std::to_string(++last);
    }
    if (!field.metadata.contains("delta.columnMapping.physicalName")) {
      field.metadata["delta.columnMapping.physicalName"] =
          columnar::JsonString("col-" + RandomUuid(rng));
    }
    columnar::DataType* type = &field.type;
    if (type->id == columnar::TypeId::kStruct) {
      NumberColumns(type->children, last, rng);
      continue;
    }
    for (Field& inner : type->children) {
      if (inner.type.id == columnar::TypeId::kStruct) NumberColumns(inner.type.children, last, rng);
    }
  }
}

Status CheckNames(const std::vector<Field>& fields) {
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    if (field->name.empty()) return Fail(ErrorKind::kInvalid, "a column has no name");
    const columnar::Schema before{std::vector<Field>(fields.begin(), field)};
    if (before.Find(field->name) != nullptr) {
      return Fail(ErrorKind::kInvalid, fmt::format("the column {} comes twice", field->name));
    }
    TRY(CheckNames(field->type.children));
  }
  return {};
}

// Spark refuses such names in tables without column mapping, since its files could not hold them.
Status CheckCharacters(const std::vector<Field>& fields, const std::vector<Field>& before) {
  for (const Field& field : fields) {
    const auto known = std::ranges::find(before, field.name, &Field::name);
    const bool is_new = known == before.end();
    if (is_new && columnar::NeedsColumnMapping(field.name)) {
      return Fail(
          ErrorKind::kInvalid,
          fmt::format("column '{}' has a character of ' ,;{{}}()\\n\\t=' in its name, which "
                      "needs the property delta.columnMapping.mode = name",
                      field.name));
    }
    TRY(CheckCharacters(field.type.children, is_new ? std::vector<Field>() : known->type.children));
  }
  return {};
}

bool HasMapping(const Metadata& metadata) {
  const auto mode = metadata.configuration.find("delta.columnMapping.mode");
  return mode != metadata.configuration.end() && mode->second != "none";
}

}  // namespace

Status CheckNewColumns(const Metadata& metadata, const columnar::Schema& before) {
  TRY(CheckNames(metadata.schema.fields));
  return HasMapping(metadata) ? Status() : CheckCharacters(metadata.schema.fields, before.fields);
}

void NumberNewColumns(Metadata& metadata, Rng& rng) {
  if (!HasMapping(metadata)) return;
  std::int64_t last = LargestId(metadata.schema.fields);
  const auto stated = metadata.configuration.find(kMaxColumnId);
  if (stated != metadata.configuration.end()) {
    // Ids of dropped columns are never given again.
    last = std::max<std::int64_t>(last, std::strtoll(stated->second.c_str(), nullptr, 10));
  }
  NumberColumns(metadata.schema.fields, last, rng);
  metadata.configuration[std::string(kMaxColumnId)] = std::to_string(last);
  metadata.schema_text.clear();
}

Protocol RaisedProtocol(const Protocol& protocol, const Metadata& metadata) {
  std::vector<const FeatureRow*> all;
  bool is_raised = false;
  for (const FeatureRow& row : FeatureRows()) {
    const bool had = SupportsFeature(protocol, row.name);
    const bool needs = !had && NeedsFeature(metadata, row);
    is_raised |= needs;
    if (had || needs) all.push_back(&row);
  }
  if (!is_raised) return protocol;
  Protocol raised;
  raised.min_writer_version = 7;
  raised.writer_features.emplace();
  std::vector<std::string> for_readers;
  for (const FeatureRow* row : all) {
    raised.writer_features->emplace_back(row->name);
    if (row->for_readers) for_readers.emplace_back(row->name);
  }
  // Features of readers that older versions imply can only be listed from version 3 on.
  raised.min_reader_version = for_readers.empty() ? protocol.min_reader_version : 3;
  if (raised.min_reader_version == 3) raised.reader_features = std::move(for_readers);
  return raised;
}

Protocol LowestProtocol(const Metadata& metadata, const std::vector<std::string>& also) {
  std::vector<const FeatureRow*> needed;
  for (const FeatureRow& row : FeatureRows()) {
    const bool asked = std::ranges::any_of(
        also, [&row](const std::string& name) { return FindFeature(name) == &row; });
    if (asked || NeedsFeature(metadata, row)) needed.push_back(&row);
  }
  const bool legacy =
      std::ranges::all_of(needed, [](const FeatureRow* row) { return row->legacy_writer != 0; });
  Protocol protocol;
  if (legacy) {
    for (const FeatureRow* row : needed) {
      protocol.min_writer_version = std::max(protocol.min_writer_version, row->legacy_writer);
      protocol.min_reader_version = std::max(protocol.min_reader_version, row->legacy_reader);
    }
    return protocol;
  }
  protocol.min_writer_version = 7;
  protocol.writer_features.emplace();
  for (const FeatureRow* row : needed) {
    protocol.writer_features->emplace_back(row->name);
    if (!row->for_readers) continue;
    protocol.min_reader_version = 3;
    if (!protocol.reader_features) protocol.reader_features.emplace();
    protocol.reader_features->emplace_back(row->name);
  }
  return protocol;
}

Result<std::vector<Action>> NewTable(Metadata metadata, std::vector<Action> actions, WallTime now,
                                     Rng& rng) {
  const auto features = TRY(TakeFeatureRequests(metadata.configuration));
  if (metadata.id.empty()) metadata.id = RandomUuid(rng);
  if (!metadata.created_time) metadata.created_time = now.time_since_epoch().count();
  TRY(CheckNewColumns(metadata, {}));
  NumberNewColumns(metadata, rng);
  const bool has_protocol = std::ranges::any_of(
      actions, [](const Action& action) { return std::holds_alternative<Protocol>(action); });
  std::vector<Action> all;
  if (!has_protocol) all.emplace_back(LowestProtocol(metadata, features));
  all.emplace_back(std::move(metadata));
  std::ranges::move(actions, std::back_inserter(all));
  return all;
}

Status CheckNoTable(storage::ObjectStore& store, const Deadline& deadline) {
  storage::ListRequest request;
  request.prefix = kLogPrefix;
  request.recursive = false;
  const auto objects = TRY(storage::ListAll(store, request, deadline));
  for (const storage::ObjectInfo& object : objects) {
    const auto file = ParseLogFile(object);
    if (!file) continue;
    return Fail(ErrorKind::kAlreadyExists, fmt::format("there is a table already ({})", file->key));
  }
  return {};
}

}  // namespace neuralake::delta
