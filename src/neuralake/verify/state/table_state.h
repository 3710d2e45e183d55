#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "neuralake/verify/log/action.h"
#include "neuralake/verify/state/features.h"
#include "neuralake/verify/state/schema.h"

namespace neuralake::verify {

/// What the table's metaData says, read once.
struct TableMetadata {
  Json action;
  std::optional<Schema> schema;  ///< Nothing when the text makes no sense.
  std::vector<std::string> partition_columns;
  Texts properties;

  /// The property `name`; empty when there is none.
  std::string Property(std::string_view name) const;
  bool IsOn(std::string_view name) const;
  /// `none`, `name` or `id`.
  std::string mapping_mode() const;
};

TableMetadata MetadataOf(const Json& action);

/// The name under which `field` is in files and in the log.
std::string PhysicalName(const Field& field, const TableMetadata& metadata);

/// What a version says of itself, without its files.
struct StateHead {
  std::int64_t version = -1;
  Json protocol_action;  ///< Null as long as there is none.
  ProtocolVersions protocol;
  TableMetadata metadata;
  std::optional<std::int64_t> timestamp;  ///< In-commit, of `version`.

  /// Whether in-commit timestamps are on.
  bool has_timestamps() const;

  /// The head of version `at`, which `actions` make of this one.
  StateHead With(const Actions& actions, std::int64_t at) const;
};

/// One version of a table: the result of replaying its log.
/// \source Delta PROTOCOL.md, "Action Reconciliation"
struct TableState : StateHead {
  std::map<std::string, FileAction> files;    ///< Live, by key.
  std::map<std::string, FileAction> removed;  ///< Tombstones, by key.
  std::map<std::string, Transaction> transactions;
  std::map<std::string, Domain> domains;  ///< Removed ones too.

  /// Replay `actions`, whose head is `head`.
  void Apply(const Actions& actions, StateHead head);

  /// The live file of `name`, whatever its deletion vector; null when there is none.
  const FileAction* FindByName(const std::string& name) const;
};

}  // namespace neuralake::verify
