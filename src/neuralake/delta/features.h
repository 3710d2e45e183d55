#pragma once

#include <span>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"

namespace neuralake::delta {

/// One row of the registry of table features: the one place that says what this build can do.
struct FeatureRow {
  std::string_view name;   ///< As writers put it into a protocol action.
  std::string_view alias;  ///< An older name that means the same; may be empty.
  bool for_readers;        ///< Listed in `readerFeatures` too.
  bool can_read;           ///< Meaningless when not for readers.
  bool can_write;
  /// Protocol versions below 3 and 7 that imply it; 0 when none does.
  std::int32_t legacy_reader;
  std::int32_t legacy_writer;
  /// Whether a table makes use of it. A feature that is not used does not hinder writing. Null:
  /// being listed is being used.
  bool (*is_active)(const Metadata&);
  /// Whether properties turn it on, of one that is used as soon as it is listed.
  bool (*is_asked)(const Metadata&) = nullptr;
};

/// All features of the protocol and its accepted proposals.
/// \source Delta PROTOCOL.md, its sections of features, and protocol_rfcs/
std::span<const FeatureRow> FeatureRows();

/// The row of `name`, an alias or `name-preview`; null when it is unknown.
const FeatureRow* FindFeature(std::string_view name);

/// Whether the property is `true`, in letters of any case, as Delta Lake reads it.
bool IsOn(const Metadata& metadata, std::string_view property);

/// Whether a table of `metadata` has to list the feature.
bool NeedsFeature(const Metadata& metadata, const FeatureRow& row);

/// Whether `protocol` lists or implies the feature `name`.
bool SupportsFeature(const Protocol& protocol, std::string_view name);

}  // namespace neuralake::delta
