#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "neuralake/columnar/types.h"

namespace neuralake::delta {

/// The number of a commit: 0 creates the table, each commit adds one.
using Version = std::int64_t;

using StringMap = std::map<std::string, std::string, std::less<>>;
/// Column (physical name under column mapping) to its text; nothing for null.
using PartitionValues = std::map<std::string, std::optional<std::string>, std::less<>>;

/// Where the deleted rows of a file are written down.
/// \source Delta PROTOCOL.md, "Deletion Vector Descriptor Schema"
struct DeletionVectorDescriptor {
  char storage_type = 'u';     ///< `u` relative file, `i` inline, `p` absolute path.
  std::string path_or_inline;  ///< By storage type.
  std::optional<std::int32_t> offset;
  std::int32_t size_bytes = 0;
  std::int64_t cardinality = 0;  ///< How many rows it deletes.

  /// What makes two files with one path different: type, path and offset.
  std::string UniqueId() const;
  bool operator==(const DeletionVectorDescriptor&) const = default;
};

/// A data file becomes part of the table. Paths are as in the log: relative, percent-encoded once.
struct AddFile {
  std::string path;
  PartitionValues partition_values;
  std::int64_t size = 0;               ///< Bytes.
  std::int64_t modification_time = 0;  ///< Milliseconds since 1970 UTC.
  bool data_change = true;
  std::string stats;  ///< JSON text; empty when unknown.
  StringMap tags;
  std::optional<DeletionVectorDescriptor> deletion_vector;
  std::optional<std::int64_t> base_row_id;
  std::optional<std::int64_t> default_row_commit_version;
  std::optional<std::string> clustering_provider;
};

/// A data file leaves the table; its bytes stay until a vacuum after the retention.
struct RemoveFile {
  std::string path;
  std::optional<std::int64_t> deletion_timestamp;  ///< Milliseconds since 1970 UTC.
  bool data_change = true;
  bool extended_file_metadata = false;  ///< Whether the next four are meant.
  PartitionValues partition_values;
  std::optional<std::int64_t> size;
  std::string stats;
  StringMap tags;
  std::optional<DeletionVectorDescriptor> deletion_vector;
  std::optional<std::int64_t> base_row_id;
  std::optional<std::int64_t> default_row_commit_version;
};

/// A file of the change data feed.
struct AddCdcFile {
  std::string path;
  PartitionValues partition_values;
  std::int64_t size = 0;
  StringMap tags;
};

/// What the table is: schema, partitioning, properties.
struct Metadata {
  std::string id;
  std::optional<std::string> name;
  std::optional<std::string> description;
  columnar::Schema schema;
  std::string schema_text;                     ///< As in the log, byte for byte.
  std::vector<std::string> partition_columns;  ///< Logical names, in order.
  StringMap configuration;
  std::optional<std::int64_t> created_time;  ///< Milliseconds since 1970 UTC.
  StringMap format_options;
};

/// Which readers and writers may touch the table.
struct Protocol {
  std::int32_t min_reader_version = 1;
  std::int32_t min_writer_version = 2;
  std::optional<std::vector<std::string>> reader_features;  ///< Present from reader version 3.
  std::optional<std::vector<std::string>> writer_features;  ///< Present from writer version 7.
  bool operator==(const Protocol&) const = default;
};

/// How far an application has written: the ground of exactly-once.
struct SetTransaction {
  std::string app_id;
  std::int64_t version = 0;
  std::optional<std::int64_t> last_updated;  ///< Milliseconds since 1970 UTC.
};

/// Configuration that a feature or a user keeps in the table under a name.
struct DomainMetadata {
  std::string domain;
  std::string configuration;
  bool removed = false;
};

/// What a commit says of itself. Free-form: unknown members are kept as JSON text.
struct CommitInfo {
  std::optional<std::int64_t> timestamp;            ///< Milliseconds since 1970 UTC.
  std::optional<std::int64_t> in_commit_timestamp;  ///< The same, binding when the feature is on.
  std::string operation;                            ///< `WRITE`, `OPTIMIZE`, …
  std::map<std::string, std::string, std::less<>> operation_parameters;
  std::map<std::string, std::string, std::less<>> operation_metrics;
  std::optional<std::string> isolation_level;
  std::optional<bool> is_blind_append;
  std::optional<std::string> engine_info;
  std::optional<std::string> txn_id;  ///< Our writer token.
  std::optional<std::int64_t> read_version;
  std::string raw;  ///< The whole object as read; empty when made.
};

using Action = std::variant<AddFile, RemoveFile, AddCdcFile, Metadata, Protocol, SetTransaction,
                            DomainMetadata, CommitInfo>;

}  // namespace neuralake::delta
