#include "neuralake/delta/column_mapping.h"

#include <fmt/format.h>

#include "neuralake/delta/features.h"

namespace neuralake::delta {
namespace {

constexpr std::string_view kIdKey = "delta.columnMapping.id";
constexpr std::string_view kNameKey = "delta.columnMapping.physicalName";

/// Every field of a struct, at every depth, has both marks.
Status CheckMapped(const std::vector<columnar::Field>& fields) {
  for (const auto& field : fields) {
    if (!field.metadata_string(kNameKey)) {
      return Fail(ErrorKind::kCorruption,
                  fmt::format("column {} has no physical name under column mapping", field.name));
    }
    if (!field.metadata_integer(kIdKey)) {
      return Fail(ErrorKind::kCorruption,
                  fmt::format("column {} has no id under column mapping", field.name));
    }
  }
  return {};
}

}  // namespace

Result<MappingMode> MappingModeOf(const Protocol& protocol, const Metadata& metadata) {
  const auto found = metadata.configuration.find("delta.columnMapping.mode");
  if (found == metadata.configuration.end() || found->second == "none") return MappingMode::kNone;
  if (!SupportsFeature(protocol, "columnMapping")) return MappingMode::kNone;
  if (found->second != "name" && found->second != "id") {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("column mapping mode '{}' is not known", found->second));
  }
  TRY(CheckMapped(metadata.schema.fields));
  return found->second == "name" ? MappingMode::kName : MappingMode::kId;
}

std::string PhysicalName(const columnar::Field& field, MappingMode mode) {
  if (mode == MappingMode::kNone) return field.name;
  return field.metadata_string(kNameKey).value_or(field.name);
}

std::optional<std::int64_t> FieldId(const columnar::Field& field, MappingMode mode) {
  if (mode == MappingMode::kNone) return std::nullopt;
  return field.metadata_integer(kIdKey);
}

std::vector<std::string> PhysicalPartitionColumns(const Metadata& metadata, MappingMode mode) {
  std::vector<std::string> names;
  for (const auto& name : metadata.partition_columns) {
    const columnar::Field* field = metadata.schema.Find(name);
    names.push_back(field == nullptr ? name : PhysicalName(*field, mode));
  }
  return names;
}

}  // namespace neuralake::delta
