#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "neuralake/verify/state/head_rules.h"
#include "neuralake/verify/state/type_change.h"

namespace neuralake::verify {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

class MetadataRules {
 public:
  MetadataRules(const StateHead& head, const Place& place, Findings& findings)
      : metadata_(head.metadata), place_(place), findings_(findings) {}

  void Run() {
    CheckFormat();
    if (!metadata_.schema) {
      const auto failed = ParseSchema(TextOf(metadata_.action, "schemaString"));
      return Add(Rule::kMetadataSchema, failed ? "it is missing" : failed.error().message);
    }
    CheckNames(metadata_.schema->fields, "");
    CheckPartition();
    CheckMapping();
    CheckTypeChanges();
  }

 private:
  void Add(Rule rule, std::string message) { findings_.Add(rule, place_, std::move(message)); }

  void CheckFormat() {
    const Json* format = Member(metadata_.action, "format");
    const std::string provider = format == nullptr ? "" : TextOf(*format, "provider");
    if (provider != "parquet") Add(Rule::kMetadataFormat, "the format is " + Quoted(provider));
  }

  void CheckNames(const std::vector<Field>& fields, const std::string& parent) {
    std::set<std::string> names;
    for (const Field& field : fields) {
      if (!names.insert(Lower(field.name)).second) {
        Add(Rule::kMetadataNames, Quoted(parent + field.name) + " is there twice");
      }
      CheckNamesOf(field.type, parent + field.name + ".");
    }
  }

  void CheckNamesOf(const Type& type, const std::string& parent) {
    if (type.id == TypeId::kStruct) return CheckNames(type.children, parent);
    for (const Field& child : type.children) CheckNamesOf(child.type, parent + child.name + ".");
  }

  void CheckPartition() {
    std::set<std::string> seen;
    for (const std::string& name : metadata_.partition_columns) {
      const Field* field = metadata_.schema->Find(name);
      if (field == nullptr) {
        Add(Rule::kMetadataPartition, Quoted(name) + " is no column");
      } else if (field->type.is_nested() || field->type.id == TypeId::kVariant) {
        Add(Rule::kMetadataPartition, Quoted(name) + " is of no primitive type");
      }
      if (!seen.insert(name).second)
        Add(Rule::kMetadataPartition, Quoted(name) + " is there twice");
    }
  }

  std::int64_t greatest_id() const {
    const std::string text = metadata_.Property("delta.columnMapping.maxColumnId");
    std::int64_t value = -1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  void CheckMapping() {
    const std::string mode = metadata_.mapping_mode();
    if (mode == "none") return;
    if (mode != "name" && mode != "id") {
      return Add(Rule::kMetadataMapping, "unknown mode " + Quoted(mode));
    }
    CheckMappedLevel(metadata_.schema->fields, "");
    if (ids_.empty()) return;
    if (*ids_.rbegin() > greatest_id()) {
      Add(Rule::kMetadataMapping,
          fmt::format("a column has id {} and delta.columnMapping.maxColumnId is {}",
                      *ids_.rbegin(),
                      Quoted(metadata_.Property("delta.columnMapping.maxColumnId"))));
    }
  }

  void CheckMappedLevel(const std::vector<Field>& fields, const std::string& parent) {
    std::set<std::string> physical;
    for (const Field& field : fields) {
      const std::string name = Quoted(parent + field.name);
      const auto id = IntegerOf(field.metadata, "delta.columnMapping.id");
      if (!id) {
        Add(Rule::kMetadataMapping, name + " has no id");
      } else if (!ids_.insert(*id).second) {
        Add(Rule::kMetadataMapping, fmt::format("{} has id {}, as another has", name, *id));
      }
      const std::string stored = TextOf(field.metadata, "delta.columnMapping.physicalName");
      if (stored.empty()) {
        Add(Rule::kMetadataMapping, name + " has no physical name");
      } else if (!physical.insert(stored).second) {
        Add(Rule::kMetadataMapping, name + " has the physical name of another");
      }
      CheckMappedType(field.type, parent + field.name + ".");
    }
  }

  void CheckMappedType(const Type& type, const std::string& parent) {
    if (type.id == TypeId::kStruct) return CheckMappedLevel(type.children, parent);
    for (const Field& child : type.children) CheckMappedType(child.type, parent + child.name + ".");
  }

  void CheckTypeChanges() {
    const auto visit = [this](const Field& field, const std::vector<std::string>& path) {
      for (const std::string& fault : TypeChangeFaults(field)) {
        Add(Rule::kMetadataTypeChange,
            fmt::format("{}: {}", Quoted(fmt::format("{}", fmt::join(path, "."))), fault));
      }
    };
    std::vector<std::string> path;
    ForEachField(metadata_.schema->fields, path, visit);
  }

  const TableMetadata& metadata_;
  const Place& place_;
  Findings& findings_;
  std::set<std::int64_t> ids_;
};

}  // namespace

void CheckMetadata(const StateHead& head, const Place& place, Findings& findings) {
  MetadataRules(head, place, findings).Run();
}

}  // namespace neuralake::verify
