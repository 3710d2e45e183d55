#include "neuralake/verify/data/partition_rules.h"

#include <fmt/format.h>

#include "neuralake/verify/data/value.h"

namespace neuralake::verify {

void CheckPartitionValues(const TableMetadata& metadata, const FileAction& file, const Place& place,
                          Findings& findings) {
  if (!metadata.schema) return;
  std::size_t known = 0;
  for (const std::string& name : metadata.partition_columns) {
    const Field* field = metadata.schema->Find(name);
    if (field == nullptr) return;  // told where the metadata is checked
    const auto value = file.partition_values.find(PhysicalName(*field, metadata));
    if (value == file.partition_values.end()) {
      findings.Add(Rule::kPartitionColumns, place, "there is no value of " + Quoted(name));
      continue;
    }
    ++known;
    const bool is_null = !value->second || value->second->empty();
    if (is_null && !field->nullable) {
      findings.Add(Rule::kFileNull, place, Quoted(name) + " is null and not nullable");
    }
    if (is_null || field->type.id == TypeId::kOther || field->type.id == TypeId::kVoid) continue;
    if (!ParseValue(field->type, *value->second)) {
      findings.Add(Rule::kPartitionValue, place,
                   fmt::format("{} of column {} is none of its values", Quoted(*value->second),
                               Quoted(name)));
    }
  }
  if (known < file.partition_values.size()) {
    findings.Add(Rule::kPartitionColumns, place,
                 fmt::format("{} values of {} partition columns", file.partition_values.size(),
                             metadata.partition_columns.size()));
  }
}

}  // namespace neuralake::verify
