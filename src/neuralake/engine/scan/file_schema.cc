#include "neuralake/engine/scan/file_schema.h"

#include <algorithm>
#include <span>

#include <parquet_reader.hpp>

#include "neuralake/engine/types/duck_type.h"

namespace neuralake::engine {
namespace {

using columnar::DataType;
using columnar::Field;
using columnar::TypeId;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using Definition = duckdb::MultiFileColumnDefinition;
using Node = duckdb::ParquetColumnSchema;

// What DuckDB calls the one child of a list when it rebuilds nested values.
constexpr const char* kElementName = "list";
constexpr const char* kIdKey = "delta.columnMapping.id";
constexpr const char* kPhysicalNameKey = "delta.columnMapping.physicalName";

std::string PhysicalName(const Field& field, ColumnMapping mapping) {
  if (mapping == ColumnMapping::kNone) return field.name;
  return field.metadata_string(kPhysicalNameKey).value_or(field.name);
}

Definition GlobalColumn(const std::string& name, const DataType& type) {
  Definition column(name, ToDuckType(type));
  column.default_expression =
      duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(column.type));
  column.identifier = duckdb::Value(name);
  if (type.id == TypeId::kVariant) return column;
  for (const Field& child : type.children) {
    const bool element = type.id == TypeId::kArray;
    column.children.push_back(GlobalColumn(element ? kElementName : child.name, child.type));
  }
  return column;
}

// No column of a table can have a control character in its name.
std::string UnmatchedName(std::size_t position) { return "\x01" + std::to_string(position); }

bool HoldsMap(const DataType& type) {
  return type.id == TypeId::kMap ||
         std::ranges::any_of(type.children, [](const Field& f) { return HoldsMap(f.type); });
}

/// Rewrites the two descriptions that a Parquet reader has of each column, in step.
class Adapter {
 public:
  explicit Adapter(ColumnMapping mapping) : mapping_(mapping) {}

  /// Match `fields` to the children of a struct, or of the file itself.
  Status Fields(std::span<const Field> fields, duckdb::vector<Definition>& columns,
                duckdb::vector<Node>& nodes) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Field* field = FindField(fields, columns[i]);
      if (field == nullptr) {
        columns[i].name = UnmatchedName(i);
        continue;
      }
      TRY(Type(*field, columns[i], nodes[i]));
      columns[i].name = field->name;
    }
    return {};
  }

  /// Adapt one column to `field`; its name is the caller's.
  Status Type(const Field& field, Definition& column, Node& node) {
    switch (field.type.id) {
      case TypeId::kStruct:
        return Struct(field, column, node);
      case TypeId::kArray:
        return Array(field, column, node);
      case TypeId::kMap:
        return Map(field, column, node);
      case TypeId::kVariant:
        return Variant(field, column, node);
      default:
        Primitive(field.type.id, node);
        column.type = node.type;
        column.children.clear();
        return {};
    }
  }

 private:
  const Field* FindField(std::span<const Field> fields, const Definition& column) const {
    if (mapping_ == ColumnMapping::kId && !column.identifier.IsNull() &&
        column.identifier.type().id() == LogicalTypeId::INTEGER) {
      const std::int64_t id = column.identifier.GetValue<std::int32_t>();
      for (const Field& field : fields) {
        if (field.metadata_integer(kIdKey) == id) return &field;
      }
      return nullptr;
    }
    for (const Field& field : fields) {
      if (duckdb::StringUtil::CIEquals(PhysicalName(field, mapping_), column.name)) return &field;
    }
    return nullptr;
  }

  // Only where both types have one reading of the same bytes; other differences become casts.
  static void Primitive(TypeId wanted, Node& node) {
    if (node.schema_type == duckdb::ParquetColumnSchemaType::GEOMETRY) {
      Node inner = std::move(node.children.at(0));  // WKB bytes, as the log has them
      node = std::move(inner);
    }
    const bool timestamp = node.type.id() == LogicalTypeId::TIMESTAMP ||
                           node.type.id() == LogicalTypeId::TIMESTAMP_TZ ||
                           node.type.id() == LogicalTypeId::TIMESTAMP_NS;
    const bool bytes =
        node.parquet_type == duckdb_parquet::Type::BYTE_ARRAY &&
        (node.type.id() == LogicalTypeId::BLOB || node.type.id() == LogicalTypeId::VARCHAR);
    if (timestamp && wanted == TypeId::kTimestamp) node.type = LogicalType::TIMESTAMP_TZ;
    if (timestamp && wanted == TypeId::kTimestampNtz) node.type = LogicalType::TIMESTAMP;
    if (bytes && wanted == TypeId::kString) node.type = LogicalType::VARCHAR;
    if (bytes && wanted == TypeId::kBinary) node.type = LogicalType::BLOB;
  }

  Status Struct(const Field& field, Definition& column, Node& node) {
    if (node.type.id() != LogicalTypeId::STRUCT) return Misfit(field, node);
    TRY(Fields(field.type.children, column.children, node.children));
    duckdb::child_list_t<LogicalType> children;
    for (const Definition& child : column.children) children.emplace_back(child.name, child.type);
    SetType(column, node, LogicalType::STRUCT(std::move(children)));
    return {};
  }

  Status Array(const Field& field, Definition& column, Node& node) {
    if (node.type.id() != LogicalTypeId::LIST || node.children.size() != 1 ||
        column.children.size() != 1) {
      return Misfit(field, node);
    }
    const Field& element = field.type.children.at(0);
    TRY(Type(element, column.children[0], node.children[0]));
    column.children[0].name = kElementName;
    SetType(column, node, LogicalType::LIST(column.children[0].type));
    return {};
  }

  Status Map(const Field& field, Definition& column, Node& node) {
    if (node.type.id() != LogicalTypeId::MAP || node.children.size() != 1 ||
        node.children[0].children.size() != 2 || column.children.size() != 1 ||
        column.children[0].children.size() != 2) {
      return Misfit(field, node);
    }
    Definition& entry = column.children[0];
    duckdb::child_list_t<LogicalType> children;
    for (std::size_t i = 0; i < 2; ++i) {
      const Field& part = field.type.children.at(i);
      TRY(Type(part, entry.children[i], node.children[0].children[i]));
      entry.children[i].name = part.name;
      children.emplace_back(i == 0 ? "key" : "value", entry.children[i].type);
    }
    const auto map = LogicalType::MAP(children[0].second, children[1].second);
    SetType(entry, node.children[0], LogicalType::STRUCT(std::move(children)));
    SetType(column, node, map);
    return {};
  }

  static Status Variant(const Field& field, Definition& column, Node& node) {
    if (node.schema_type != duckdb::ParquetColumnSchemaType::VARIANT) {
      const bool fits = node.type.id() == LogicalTypeId::STRUCT && node.children.size() >= 2 &&
                        node.children.size() <= 3;
      if (!fits) return Misfit(field, node);
      node.schema_type = duckdb::ParquetColumnSchemaType::VARIANT;
      // DuckDB's reader wants `metadata` and `value` first and `typed_value` third.
      if (node.children[0].name == "typed_value" || node.children[1].name == "typed_value") {
        return Misfit(field, node);
      }
    }
    SetType(column, node, LogicalType::VARIANT());
    column.children.clear();
    return {};
  }

  static void SetType(Definition& column, Node& node, const LogicalType& type) {
    column.type = type;
    node.type = type;
  }

  static std::unexpected<Error> Misfit(const Field& field, const Node& node) {
    return Fail(ErrorKind::kCorruption, "column " + field.name + " is " +
                                            columnar::FormatType(field.type) + " in the log but " +
                                            node.type.ToString() + " in the file");
  }

  ColumnMapping mapping_;
};

}  // namespace

ColumnMapping MappingOf(const delta::Metadata& metadata) {
  const auto found = metadata.configuration.find("delta.columnMapping.mode");
  if (found == metadata.configuration.end()) return ColumnMapping::kNone;
  if (found->second == "id") return ColumnMapping::kId;
  return found->second == "name" ? ColumnMapping::kName : ColumnMapping::kNone;
}

duckdb::vector<Definition> GlobalColumns(const std::vector<ScanColumn>& columns) {
  duckdb::vector<Definition> global;
  for (const ScanColumn& column : columns) {
    global.push_back(GlobalColumn(column.field.name, column.field.type));
  }
  return global;
}

FileLayout::FileLayout(const std::vector<ScanColumn>& columns, ColumnMapping mapping)
    : mapping_(mapping) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Field& field = columns[i].field;
    fields_.push_back(field);
    has_map_.push_back(HoldsMap(field.type));
    any_map_ = any_map_ || has_map_.back();
    if (columns[i].partition) continue;  // never read from the file
    by_name_.emplace(duckdb::StringUtil::Lower(PhysicalName(field, mapping)), i);
    if (const auto id = field.metadata_integer(kIdKey)) by_id_.emplace(*id, i);
  }
}

std::optional<std::size_t> FileLayout::Find(const Definition& column) const {
  if (mapping_ == ColumnMapping::kId && !column.identifier.IsNull() &&
      column.identifier.type().id() == LogicalTypeId::INTEGER) {
    const auto found = by_id_.find(column.identifier.GetValue<std::int32_t>());
    if (found != by_id_.end()) return found->second;
    return std::nullopt;
  }
  const auto found = by_name_.find(duckdb::StringUtil::Lower(column.name));
  if (found != by_name_.end()) return found->second;
  return std::nullopt;
}

Result<FileLayout::Places> FileLayout::Adapt(duckdb::BaseFileReader& reader) const {
  auto& parquet = reader.Cast<duckdb::ParquetReader>();
  Places places(fields_.size());
  Adapter adapter(mapping_);
  for (std::size_t i = 0; i < parquet.columns.size(); ++i) {
    Definition& column = parquet.columns[i];
    const auto match = Find(column);
    if (!match) {
      column.name = UnmatchedName(i);
      continue;
    }
    TRY(adapter.Type(fields_[*match], column, parquet.root_schema->children[i]));
    column.name = fields_[*match].name;
    places[*match] = i;
  }
  return places;
}

}  // namespace neuralake::engine
