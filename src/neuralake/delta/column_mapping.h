#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/delta/actions.h"

namespace neuralake::delta {

/// How columns of the schema are found in data files.
enum class MappingMode : std::uint8_t {
  kNone,  ///< By name.
  kName,  ///< By physical name.
  kId,    ///< By the Parquet field id.
};

/// The mode of a table; honoured only when the protocol supports the feature.
/// \errors kUnsupported  a mode that is not known, by name
///         kCorruption   a column without its physical name or id
/// \source Delta PROTOCOL.md, "Column Mapping"
Result<MappingMode> MappingModeOf(const Protocol& protocol, const Metadata& metadata);

/// The name of `field` in data files, statistics and partition values.
std::string PhysicalName(const columnar::Field& field, MappingMode mode);

/// The Parquet field id of `field`; nothing in mode `kNone`.
std::optional<std::int64_t> FieldId(const columnar::Field& field, MappingMode mode);

/// The names of the partition columns in `partitionValues`, in the order of the metadata.
std::vector<std::string> PhysicalPartitionColumns(const Metadata& metadata, MappingMode mode);

}  // namespace neuralake::delta
