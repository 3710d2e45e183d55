#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/verify/json.h"

namespace neuralake::verify {

enum class FieldKind : std::uint8_t { kText, kLong, kBoolean, kTexts, kNames, kVector, kFormat };

struct FieldRow {
  std::string_view name;
  FieldKind kind;
  bool required;
};

enum class ActionKind : std::uint8_t {
  kAdd,
  kRemove,
  kMetadata,
  kProtocol,
  kTransaction,
  kDomain,
  kCdc,
  kCommitInfo,
  kCheckpointMetadata,
  kSidecar,
};

struct ActionRow {
  ActionKind kind;
  std::string_view name;
  std::span<const FieldRow> fields;
  bool in_commit;
  bool in_checkpoint;
};

/// The row of the action that is written as `name`; null for one that the protocol does not have.
/// \source Delta PROTOCOL.md, "Actions"
const ActionRow* FindAction(std::string_view name);

/// What is wrong with the fields of `action`, one text a fault.
std::vector<std::string> FieldFaults(const ActionRow& row, const Json& action);

}  // namespace neuralake::verify
