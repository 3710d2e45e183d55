#include "neuralake/verify/data/file_columns.h"

#include <algorithm>

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include "neuralake/verify/state/type_change.h"

namespace neuralake::verify {
namespace {

using parquet::arrow::SchemaField;

/// The table's type that values of `type` have; nothing for what no table holds.
std::optional<Type> FromArrow(const arrow::DataType& type) {
  const auto primitive = [](TypeId id) { return Type{id, 0, 0, "", {}}; };
  switch (type.id()) {
    case arrow::Type::BOOL:
      return primitive(TypeId::kBoolean);
    case arrow::Type::INT8:
      return primitive(TypeId::kByte);
    case arrow::Type::INT16:
      return primitive(TypeId::kShort);
    case arrow::Type::INT32:
      return primitive(TypeId::kInteger);
    case arrow::Type::INT64:
      return primitive(TypeId::kLong);
    case arrow::Type::FLOAT:
      return primitive(TypeId::kFloat);
    case arrow::Type::DOUBLE:
      return primitive(TypeId::kDouble);
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return primitive(TypeId::kString);
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
      return primitive(TypeId::kBinary);
    case arrow::Type::DATE32:
      return primitive(TypeId::kDate);
    case arrow::Type::TIMESTAMP:
      return primitive(static_cast<const arrow::TimestampType&>(type).timezone().empty()
                           ? TypeId::kTimestampNtz
                           : TypeId::kTimestamp);
    case arrow::Type::DICTIONARY:
      return FromArrow(*static_cast<const arrow::DictionaryType&>(type).value_type());
    default:
      break;
  }
  if (!arrow::is_decimal(type.id())) return std::nullopt;
  const auto& decimal = static_cast<const arrow::DecimalType&>(type);
  return Type{TypeId::kDecimal, decimal.precision(), decimal.scale(), "", {}};
}

bool IsTime(TypeId id) { return id == TypeId::kTimestamp || id == TypeId::kTimestampNtz; }

/// Whether values of the file are what `type` holds. An instant of an INT96 has no zone in Arrow.
bool Fits(const arrow::DataType& stored, const Type& type) {
  if (type.id == TypeId::kOther || type.id == TypeId::kVoid) return true;
  if (type.id == TypeId::kVariant || type.id == TypeId::kStruct) {
    return stored.id() == arrow::Type::STRUCT || stored.id() == arrow::Type::EXTENSION;
  }
  if (type.id == TypeId::kArray) {
    return stored.id() == arrow::Type::LIST || stored.id() == arrow::Type::LARGE_LIST;
  }
  if (type.id == TypeId::kMap) return stored.id() == arrow::Type::MAP;
  const auto found = FromArrow(stored);
  return found && (WidensTo(*found, type) || (IsTime(found->id) && IsTime(type.id)));
}

class Matching {
 public:
  Matching(const TableMetadata& metadata, const Place& place, Findings& findings)
      : metadata_(metadata),
        by_id_(metadata.mapping_mode() == "id"),
        place_(place),
        findings_(findings) {}

  void Level(const std::vector<Field>& fields, const std::vector<SchemaField>& stored,
             const FileColumn& parent, bool told) {
    for (const Field& field : fields) {
      const SchemaField* found = Find(field, stored);
      if (found == nullptr) continue;  // columns may be missing: they read as null
      FileColumn column = parent;
      column.path.push_back(PhysicalName(field, metadata_));
      column.name += (parent.name.empty() ? "" : ".") + field.name;
      column.required = parent.required && !field.nullable;
      column.type = field.type;
      Column(column, *found, told);
    }
  }

  std::vector<FileColumn> Take() { return std::move(columns_); }

 private:
  const SchemaField* Find(const Field& field, const std::vector<SchemaField>& stored) const {
    const std::string name = PhysicalName(field, metadata_);
    const auto id = IntegerOf(field.metadata, "delta.columnMapping.id");
    for (const SchemaField& candidate : stored) {
      if (by_id_ && id) {
        const auto& keys = candidate.field->metadata();
        const auto text = keys ? keys->Get("PARQUET:field_id") : arrow::Result<std::string>();
        if (text.ok() && *text == std::to_string(*id)) return &candidate;
      } else if (candidate.field->name() == name) {
        return &candidate;
      }
    }
    return nullptr;
  }

  void Column(FileColumn& column, const SchemaField& stored, bool told) {
    if (!Fits(*stored.field->type(), column.type)) {
      findings_.Add(Rule::kFileType, place_,
                    fmt::format("column {} is {} in the file", Quoted(column.name),
                                stored.field->type()->ToString()));
      return;
    }
    if (column.type.id == TypeId::kStruct) {
      return Level(column.type.children, stored.children, column, told);
    }
    const SchemaField* leaf = &stored;
    while (!leaf->is_leaf() && !leaf->children.empty()) leaf = &leaf->children[0];
    column.leaf = leaf->column_index;
    column.is_primitive = stored.is_leaf();
    column.is_float = stored.field->type()->id() == arrow::Type::FLOAT;
    if (column.type.is_nested()) Nested(column, stored);
    if (told) columns_.push_back(column);
  }

  // The types below a list or a map.
  void Nested(const FileColumn& column, const SchemaField& stored) {
    const std::vector<SchemaField>* inner = &stored.children;
    if (column.type.id == TypeId::kMap && inner->size() == 1) inner = &(*inner)[0].children;
    if (inner->size() != column.type.children.size()) return;
    for (std::size_t i = 0; i < inner->size(); ++i) {
      FileColumn child = column;
      child.name += "." + column.type.children[i].name;
      child.type = column.type.children[i].type;
      Column(child, (*inner)[i], false);
    }
  }

  const TableMetadata& metadata_;
  const bool by_id_;
  const Place& place_;
  Findings& findings_;
  std::vector<FileColumn> columns_;
};

}  // namespace

std::vector<FileColumn> MatchColumns(const TableMetadata& metadata,
                                     const parquet::arrow::SchemaManifest& manifest,
                                     const Place& place, Findings& findings) {
  if (!metadata.schema) return {};
  Matching matching(metadata, place, findings);
  FileColumn root;
  root.required = true;
  matching.Level(metadata.schema->fields, manifest.schema_fields, root, true);
  return matching.Take();
}

}  // namespace neuralake::verify
