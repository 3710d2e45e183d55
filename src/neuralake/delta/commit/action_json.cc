#include "neuralake/delta/commit/action_json.h"

#include <charconv>
#include <cstdint>
#include <string_view>

#include "neuralake/columnar/json_text.h"

namespace neuralake::delta {
namespace {

using columnar::AppendJsonString;

void AppendNumber(std::int64_t number, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

// The members of one JSON object, in order.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  ~Members() { out_ += '}'; }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;

  std::string& Key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    AppendJsonString(name, out_);
    out_ += ':';
    return out_;
  }
  void Add(std::string_view name, std::string_view text) { AppendJsonString(text, Key(name)); }
  void Add(std::string_view name, const std::string& text) { Add(name, std::string_view(text)); }
  void Add(std::string_view name, std::int64_t number) { AppendNumber(number, Key(name)); }
  void Add(std::string_view name, bool value) { Key(name) += value ? "true" : "false"; }

  template <class T>
  void Add(std::string_view name, const std::optional<T>& value) {
    if (value) Add(name, *value);
  }
  void Add(std::string_view name, const std::optional<std::int32_t>& value) {
    if (value) Add(name, std::int64_t{*value});
  }
  void Add(std::string_view name, const StringMap& map) {
    Members members(Key(name));
    for (const auto& [key, value] : map) members.Add(key, value);
  }
  void Add(std::string_view name, const std::vector<std::string>& texts) {
    std::string& out = Key(name);
    out += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) out += ',';
      AppendJsonString(texts[i], out);
    }
    out += ']';
  }
  void Add(std::string_view name, const PartitionValues& values) {
    Members members(Key(name));
    for (const auto& [column, value] : values) {
      if (value) {
        members.Add(column, *value);
      } else {
        members.Key(column) += "null";
      }
    }
  }
  void Add(std::string_view name, const std::optional<DeletionVectorDescriptor>& vector) {
    if (!vector) return;
    Members members(Key(name));
    members.Add("storageType", std::string_view(&vector->storage_type, 1));
    members.Add("pathOrInlineDv", vector->path_or_inline);
    members.Add("offset", vector->offset);
    members.Add("sizeInBytes", std::int64_t{vector->size_bytes});
    members.Add("cardinality", vector->cardinality);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

void AppendBody(const AddFile& add, Members& line) {
  Members members(line.Key("add"));
  members.Add("path", add.path);
  members.Add("partitionValues", add.partition_values);
  members.Add("size", add.size);
  members.Add("modificationTime", add.modification_time);
  members.Add("dataChange", add.data_change);
  if (!add.stats.empty()) members.Add("stats", add.stats);
  if (!add.tags.empty()) members.Add("tags", add.tags);
  members.Add("deletionVector", add.deletion_vector);
  members.Add("baseRowId", add.base_row_id);
  members.Add("defaultRowCommitVersion", add.default_row_commit_version);
  members.Add("clusteringProvider", add.clustering_provider);
}

void AppendBody(const RemoveFile& remove, Members& line) {
  Members members(line.Key("remove"));
  members.Add("path", remove.path);
  members.Add("deletionTimestamp", remove.deletion_timestamp);
  members.Add("dataChange", remove.data_change);
  members.Add("extendedFileMetadata", remove.extended_file_metadata);
  if (remove.extended_file_metadata) {
    members.Add("partitionValues", remove.partition_values);
    members.Add("size", remove.size);
    if (!remove.stats.empty()) members.Add("stats", remove.stats);
    if (!remove.tags.empty()) members.Add("tags", remove.tags);
  }
  members.Add("deletionVector", remove.deletion_vector);
  members.Add("baseRowId", remove.base_row_id);
  members.Add("defaultRowCommitVersion", remove.default_row_commit_version);
}

void AppendBody(const AddCdcFile& cdc, Members& line) {
  Members members(line.Key("cdc"));
  members.Add("path", cdc.path);
  members.Add("partitionValues", cdc.partition_values);
  members.Add("size", cdc.size);
  members.Add("dataChange", false);
  if (!cdc.tags.empty()) members.Add("tags", cdc.tags);
}

void AppendBody(const Metadata& metadata, Members& line) {
  Members members(line.Key("metaData"));
  members.Add("id", metadata.id);
  members.Add("name", metadata.name);
  members.Add("description", metadata.description);
  {
    Members format(members.Key("format"));
    format.Add("provider", std::string_view("parquet"));
    format.Add("options", metadata.format_options);
  }
  members.Add("schemaString", metadata.schema_text);
  members.Add("partitionColumns", metadata.partition_columns);
  members.Add("configuration", metadata.configuration);
  members.Add("createdTime", metadata.created_time);
}

void AppendBody(const Protocol& protocol, Members& line) {
  Members members(line.Key("protocol"));
  members.Add("minReaderVersion", std::int64_t{protocol.min_reader_version});
  members.Add("minWriterVersion", std::int64_t{protocol.min_writer_version});
  members.Add("readerFeatures", protocol.reader_features);
  members.Add("writerFeatures", protocol.writer_features);
}

void AppendBody(const SetTransaction& transaction, Members& line) {
  Members members(line.Key("txn"));
  members.Add("appId", transaction.app_id);
  members.Add("version", transaction.version);
  members.Add("lastUpdated", transaction.last_updated);
}

void AppendBody(const DomainMetadata& domain, Members& line) {
  Members members(line.Key("domainMetadata"));
  members.Add("domain", domain.domain);
  members.Add("configuration", domain.configuration);
  members.Add("removed", domain.removed);
}

void AppendBody(const CommitInfo& info, Members& line) {
  Members members(line.Key("commitInfo"));
  members.Add("inCommitTimestamp", info.in_commit_timestamp);
  members.Add("timestamp", info.timestamp);
  members.Add("operation", info.operation);
  members.Add("operationParameters", info.operation_parameters);
  members.Add("readVersion", info.read_version);
  members.Add("isolationLevel", info.isolation_level);
  members.Add("isBlindAppend", info.is_blind_append);
  if (!info.operation_metrics.empty()) members.Add("operationMetrics", info.operation_metrics);
  members.Add("engineInfo", info.engine_info);
  members.Add("txnId", info.txn_id);
}

}  // namespace

void AppendActionJson(const Action& action, std::string& out) {
  {
    Members line(out);
    std::visit([&line](const auto& body) { AppendBody(body, line); }, action);
  }
  out += '\n';
}

std::string CommitText(std::span<const Action> actions) {
  std::string text;
  for (const Action& action : actions) AppendActionJson(action, text);
  return text;
}

}  // namespace neuralake::delta
