#include "neuralake/columnar/parquet/stored_form.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

namespace neuralake::columnar {
namespace {

bool IsVoid(const Field& field) { return field.type.id == TypeId::kVoid; }

Status StripVoid(DataType& type) {
  if (type.id == TypeId::kVariant) {
    return Fail(ErrorKind::kUnsupported, "variant values cannot be written yet");
  }
  if (type.id == TypeId::kStruct) std::erase_if(type.children, IsVoid);
  if (type.id == TypeId::kStruct && type.children.empty()) {
    return Fail(ErrorKind::kUnsupported, "a struct without fields cannot be stored");
  }
  for (Field& child : type.children) {
    if (IsVoid(child)) {
      return Fail(ErrorKind::kUnsupported, "lists and maps of void cannot be stored");
    }
    TRY(StripVoid(child.type));
  }
  return {};
}

std::shared_ptr<arrow::ArrayData> Retype(const arrow::ArrayData& data, const DataType& type,
                                         const std::shared_ptr<arrow::DataType>& stored) {
  auto result = data.Copy();
  result->type = stored;
  if (type.id == TypeId::kStruct) {
    result->child_data.clear();
    int kept = 0;
    for (std::size_t i = 0; i < type.children.size(); ++i) {
      if (IsVoid(type.children[i])) continue;
      result->child_data.push_back(
          Retype(*data.child_data[i], type.children[i].type, stored->field(kept++)->type()));
    }
  } else if (type.id == TypeId::kArray) {
    result->child_data[0] =
        Retype(*data.child_data[0], type.children[0].type, stored->field(0)->type());
  } else if (type.id == TypeId::kMap) {
    const DataType entries{TypeId::kStruct, 0, 0, type.children};
    result->child_data[0] = Retype(*data.child_data[0], entries, stored->field(0)->type());
  }
  return result;
}

}  // namespace

Result<Schema> StoredSchema(const Schema& schema) {
  Schema result;
  for (Field field : schema.fields) {
    if (IsVoid(field)) continue;
    if (Status stripped = StripVoid(field.type); !stripped) {
      return Annotate(std::move(stripped).error(), "column " + field.name);
    }
    result.fields.push_back(std::move(field));
  }
  return result;
}

std::shared_ptr<arrow::RecordBatch> StoredBatch(const arrow::RecordBatch& batch,
                                                const Schema& schema,
                                                const std::shared_ptr<arrow::Schema>& stored) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (int i = 0; i < batch.num_columns(); ++i) {
    const Field& field = schema.fields[static_cast<std::size_t>(i)];
    if (IsVoid(field)) continue;
    const auto& type = stored->field(static_cast<int>(columns.size()))->type();
    columns.push_back(field.type.is_nested()
                          ? arrow::MakeArray(Retype(*batch.column_data(i), field.type, type))
                          : batch.column(i));
  }
  return arrow::RecordBatch::Make(stored, batch.num_rows(), std::move(columns));
}

}  // namespace neuralake::columnar
