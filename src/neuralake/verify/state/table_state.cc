#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

std::string TableMetadata::Property(std::string_view name) const {
  const auto found = properties.find(std::string(name));
  return found == properties.end() ? std::string() : found->second.value_or("");
}

bool TableMetadata::IsOn(std::string_view name) const { return Property(name) == "true"; }

std::string TableMetadata::mapping_mode() const {
  const std::string mode = Property("delta.columnMapping.mode");
  return mode.empty() ? "none" : mode;
}

TableMetadata MetadataOf(const Json& action) {
  TableMetadata metadata;
  metadata.action = action;
  if (auto schema = ParseSchema(TextOf(action, "schemaString"))) {
    metadata.schema = *std::move(schema);
  }
  if (const Json* columns = Member(action, "partitionColumns"); columns && columns->is_array()) {
    for (const Json& column : *columns) {
      if (column.is_string()) metadata.partition_columns.push_back(column.get<std::string>());
    }
  }
  metadata.properties = TextsOf(action, "configuration");
  return metadata;
}

std::string PhysicalName(const Field& field, const TableMetadata& metadata) {
  if (metadata.mapping_mode() == "none") return field.name;
  const std::string name = TextOf(field.metadata, "delta.columnMapping.physicalName");
  return name.empty() ? field.name : name;
}

bool StateHead::has_timestamps() const {
  const bool on = metadata.IsOn("delta.enableInCommitTimestamps") ||
                  metadata.IsOn("delta.enableInCommitTimestamps-preview");
  return on && protocol.Supports("inCommitTimestamp");
}

StateHead StateHead::With(const Actions& actions, std::int64_t at) const {
  StateHead head = *this;
  head.version = at;
  for (const Json& action : actions.protocols) {
    head.protocol_action = action;
    head.protocol = ProtocolOf(action);
  }
  for (const Json& action : actions.metadatas) head.metadata = MetadataOf(action);
  head.timestamp.reset();
  for (const Json& info : actions.commit_infos) {
    head.timestamp = IntegerOf(info, "inCommitTimestamp");
  }
  return head;
}

void TableState::Apply(const Actions& actions, StateHead head) {
  StateHead::operator=(std::move(head));
  for (const auto& [name, transaction] : actions.transactions) transactions[name] = transaction;
  for (const auto& [name, domain] : actions.domains) domains[name] = domain;
  // Of a file that is removed with one vector and added with another, either order is right.
  for (const FileAction& file : actions.removes) {
    const std::string key = file.Key();
    files.erase(key);
    removed.insert_or_assign(key, file);
  }
  for (const FileAction& file : actions.adds) {
    const std::string key = file.Key();
    removed.erase(key);
    files.insert_or_assign(key, file);
  }
}

const FileAction* TableState::FindByName(const std::string& name) const {
  const auto found = files.lower_bound(name + kKeySeparator);
  return found == files.end() || found->second.name != name ? nullptr : &found->second;
}

}  // namespace neuralake::verify
