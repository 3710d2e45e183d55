#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/verify/json.h"

namespace neuralake::verify {

/// A table feature, as the protocol defines it.
struct FeatureRow {
  std::string_view name;
  bool for_readers;
  int legacy_reader;       ///< From this reader version below 3 it is implied; 0: never.
  int legacy_writer;       ///< From this writer version below 7 it is implied; 0: never.
  std::string_view needs;  ///< Another feature; may be empty.
};

/// \source Delta PROTOCOL.md, "Valid Feature Names in Table Features", and protocol_rfcs/
std::span<const FeatureRow> FeatureRows();

/// The row of `name`, or of the name that it had before: `…-preview`.
const FeatureRow* FindFeature(std::string_view name);

struct ProtocolVersions {
  std::int64_t reader = 0;
  std::int64_t writer = 0;
  std::optional<std::vector<std::string>> reader_features;
  std::optional<std::vector<std::string>> writer_features;

  /// Whether a feature is listed or implied for those whom it concerns.
  bool Supports(std::string_view feature) const;
};

ProtocolVersions ProtocolOf(const Json& protocol);

}  // namespace neuralake::verify
