#include "neuralake/catalog/declared_schema.h"

#include <utility>

#include "neuralake/columnar/json_text.h"

namespace neuralake::catalog {

Result<columnar::Schema> DeclaredSchema(const TableModel& table) {
  if (table.columns.empty()) {
    return Fail(ErrorKind::kInvalid, "its definition declares no columns");
  }
  columnar::Schema schema;
  for (const Column& column : table.columns) {
    if (!column.type) {
      return Fail(ErrorKind::kInvalid, "column " + column.name + " has no declared type");
    }
    columnar::Field field{.name = column.name, .type = *column.type, .nullable = column.nullable};
    if (!column.description.empty()) {
      field.metadata["comment"] = columnar::JsonString(column.description);
    }
    schema.fields.push_back(std::move(field));
  }
  return schema;
}

}  // namespace neuralake::catalog
