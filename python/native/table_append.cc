#include "table_append.h"

#include <algorithm>
#include <vector>

#include "arrow_capsule.h"
#include "raise.h"
#include <arrow/record_batch.h>
#include <nanobind/stl/string.h>

#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/schema_merge.h"

namespace neuralake::python {
namespace {

namespace nb = nanobind;

/// A column as its definition declares it.
struct DeclaredColumn {
  std::string name;
  std::string type;  // empty: as the rows have it
  bool nullable;
  std::string description;
};

struct Creation {
  std::string description;
  std::vector<DeclaredColumn> columns;
  std::vector<std::string> partition_by;
  delta::StringMap properties;
};

Creation ToCreation(const nb::dict& given) {
  Creation creation;
  creation.description = nb::cast<std::string>(given["description"]);
  for (const auto item : given["columns"]) {
    const auto column = nb::cast<nb::tuple>(item);
    creation.columns.push_back({nb::cast<std::string>(column[0]), nb::cast<std::string>(column[1]),
                                nb::cast<bool>(column[2]), nb::cast<std::string>(column[3])});
  }
  for (const auto name : given["partition_by"]) {
    creation.partition_by.push_back(nb::cast<std::string>(name));
  }
  for (const auto item : nb::cast<nb::dict>(given["properties"])) {
    creation.properties[nb::cast<std::string>(item.first)] = nb::cast<std::string>(item.second);
  }
  return creation;
}

/// The declared columns, in their order, then those that only the rows have.
Result<columnar::Schema> SchemaOf(const std::vector<DeclaredColumn>& declared,
                                  const columnar::Schema& rows) {
  columnar::Schema schema;
  for (const auto& column : declared) {
    columnar::Field field{.name = column.name, .nullable = column.nullable};
    if (!column.type.empty()) {
      field.type = TRY(columnar::ParseType(column.type));
    } else if (const auto* found = rows.Find(column.name)) {
      field.type = columnar::SchemaForRows({{*found}}).fields[0].type;
    } else {
      continue;
    }
    if (!column.description.empty()) {
      field.metadata["comment"] = columnar::JsonString(column.description);
    }
    schema.fields.push_back(std::move(field));
  }
  return columnar::MergeSchema(schema, rows);
}

Result<delta::Written> Write(const std::shared_ptr<delta::Table>& table,
                             arrow::RecordBatchReader& reader, const std::string& mode,
                             const std::string& schema_mode,
                             const std::optional<Creation>& creation) {
  const auto deadline = Deadline::Never();
  const auto rows = TRY(columnar::FromArrow(*reader.schema()));
  delta::TableWriteOptions options;
  options.mode = TRY(delta::ParseWriteMode(mode));
  options.schema_mode = TRY(delta::ParseSchemaMode(schema_mode));
  if (creation) {
    auto& made = options.creation;
    if (!creation->description.empty()) made.description = creation->description;
    if (!creation->columns.empty()) made.schema = TRY(SchemaOf(creation->columns, rows));
    made.partition_columns = creation->partition_by;
    made.configuration = creation->properties;
  }
  const auto write = TRY(delta::TableWrite::Begin(table, rows, std::move(options), deadline));
  while (!write->is_ignored()) {
    std::shared_ptr<arrow::RecordBatch> batch;
    TRY(columnar::Unwrap(reader.ReadNext(&batch), "the rows", ErrorKind::kInvalid));
    if (batch == nullptr) break;
    TRY(write->Write(*batch, deadline));
  }
  return write->Commit(deadline);
}

}  // namespace

delta::Written AppendRows(const std::shared_ptr<delta::Table>& table, const nb::object& rows,
                          const std::string& mode, const std::string& schema_mode,
                          const std::optional<nb::dict>& create) {
  const auto reader = OrRaise(ReaderOf(rows));
  std::optional<Creation> creation;
  if (create) creation = ToCreation(*create);
  return Unlocked([&] { return Write(table, *reader, mode, schema_mode, creation); });
}

}  // namespace neuralake::python
