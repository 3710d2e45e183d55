#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

namespace neuralake::columnar {

/// For tests: a column of `type` from a JSON array of its values.
inline std::shared_ptr<arrow::Array> ColumnOf(const std::shared_ptr<arrow::DataType>& type,
                                              const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

struct NamedColumn {
  std::string name;
  std::shared_ptr<arrow::Array> values;
};

/// For tests: a batch of columns of one length.
inline std::shared_ptr<arrow::RecordBatch> BatchOf(const std::vector<NamedColumn>& columns) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (const NamedColumn& column : columns) {
    fields.push_back(arrow::field(column.name, column.values->type()));
    arrays.push_back(column.values);
  }
  const auto rows = arrays.empty() ? 0 : arrays[0]->length();
  return arrow::RecordBatch::Make(arrow::schema(fields), rows, arrays);
}

}  // namespace neuralake::columnar
