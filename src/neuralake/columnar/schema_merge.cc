#include "neuralake/columnar/schema_merge.h"

#include <utility>

namespace neuralake::columnar {
namespace {

Field ForRows(Field field) {
  field.metadata.clear();
  field.nullable = true;
  if (field.type.id == TypeId::kVoid) field.type.id = TypeId::kString;
  const bool is_map = field.type.id == TypeId::kMap;
  for (std::size_t i = 0; i < field.type.children.size(); ++i) {
    Field& child = field.type.children[i];
    const bool is_key = is_map && i == 0;
    child = ForRows(std::move(child));
    if (is_key) child.nullable = false;
  }
  return field;
}

void MergeFields(std::vector<Field>& fields, const std::vector<Field>& rows);

void MergeType(DataType& type, const DataType& rows) {
  if (type.id != rows.id) return;
  if (type.id == TypeId::kStruct) {
    MergeFields(type.children, rows.children);
    return;
  }
  for (std::size_t i = 0; i < type.children.size(); ++i) {
    MergeType(type.children[i].type, rows.children[i].type);
  }
}

void MergeFields(std::vector<Field>& fields, const std::vector<Field>& rows) {
  Schema all{std::move(fields)};  // which knows how names are compared
  for (const Field& row : rows) {
    if (const auto at = all.IndexOf(row.name)) {
      MergeType(all.fields[*at].type, row.type);
    } else {
      all.fields.push_back(ForRows(row));
    }
  }
  fields = std::move(all.fields);
}

}  // namespace

Schema MergeSchema(const Schema& schema, const Schema& rows) {
  Schema merged = schema;
  MergeFields(merged.fields, rows.fields);
  return merged;
}

Schema SchemaForRows(const Schema& rows) { return MergeSchema({}, rows); }

}  // namespace neuralake::columnar
