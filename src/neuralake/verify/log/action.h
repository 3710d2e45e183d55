#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/verify/json.h"

namespace neuralake::verify {

/// Where the deleted rows of a file are written down.
/// \source Delta PROTOCOL.md, "Deletion Vector Descriptor Schema"
struct VectorDescriptor {
  std::string storage;  ///< `u`, `i` or `p`.
  std::string path;     ///< Or the vector itself.
  std::optional<std::int64_t> offset;
  std::int64_t size = 0;
  std::int64_t cardinality = 0;

  std::string Id() const;
  bool operator==(const VectorDescriptor&) const = default;
};

/// An `add` or a `remove`.
struct FileAction {
  std::string path;  ///< As written: a URI.
  std::string name;  ///< Decoded once: what identifies the data file.
  Texts partition_values;
  std::optional<std::int64_t> size;
  std::optional<std::int64_t> time;  ///< modificationTime, or deletionTimestamp.
  bool data_change = true;
  std::optional<std::string> stats;
  Texts tags;
  std::optional<VectorDescriptor> vector;
  std::optional<std::int64_t> base_row_id;
  std::optional<std::int64_t> row_commit_version;
  std::string clustering_provider;
  /// Of checkpoints: the parsed forms, as JSON.
  std::optional<Json> stats_parsed;
  std::optional<Json> partition_values_parsed;
  std::int64_t version = -1;
  std::int64_t row = -1;

  /// What identifies the logical file: name and vector.
  std::string Key() const;
};

/// The separator within a key; no path holds it.
inline constexpr char kKeySeparator = '\0';

struct Transaction {
  std::int64_t version = 0;
  std::optional<std::int64_t> updated;

  bool operator==(const Transaction&) const = default;
};

struct Domain {
  std::string configuration;
  bool removed = false;

  bool operator==(const Domain&) const = default;
};

struct Sidecar {
  std::string path;
  std::int64_t size = 0;
};

/// The actions of one commit or one checkpoint, in their order by kind.
struct Actions {
  std::vector<Json> protocols;
  std::vector<Json> metadatas;
  std::vector<Json> commit_infos;
  std::vector<FileAction> adds;
  std::vector<FileAction> removes;
  std::vector<std::pair<std::string, Transaction>> transactions;
  std::vector<std::pair<std::string, Domain>> domains;
  std::vector<Sidecar> sidecars;
  std::vector<Json> checkpoint_metadatas;
  std::int64_t count = 0;  ///< All of them, unknown ones and lines that are none too.
  std::int64_t cdc_count = 0;
  std::string first_kind;  ///< Of the first line.
};

}  // namespace neuralake::verify
