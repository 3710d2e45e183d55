#include "neuralake/generate/batch_builder.h"

#include <arrow/util/decimal.h>

#include "neuralake/base/check.h"
#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/generate/limits.h"

namespace neuralake::generate {

Result<BatchBuilder> BatchBuilder::Open(const columnar::Schema& schema) {
  if (schema.fields.empty()) return Fail(ErrorKind::kInvalid, "the schema has no column");
  return BatchBuilder(
      TRY(columnar::Unwrap(arrow::RecordBatchBuilder::Make(
                               columnar::ToArrow(schema), arrow::default_memory_pool(), kBatchRows),
                           "making rows")));
}

BatchBuilder::BatchBuilder(std::unique_ptr<arrow::RecordBatchBuilder> builder)
    : builder_(std::move(builder)) {
  for (int i = 0; i < builder_->num_fields(); ++i) columns_.push_back(builder_->GetField(i));
}

BatchBuilder& BatchBuilder::Int(std::int64_t value) {
  return Append<arrow::Int32Builder>(static_cast<std::int32_t>(value));
}

BatchBuilder& BatchBuilder::Long(std::int64_t value) { return Append<arrow::Int64Builder>(value); }

BatchBuilder& BatchBuilder::Double(double value) { return Append<arrow::DoubleBuilder>(value); }

BatchBuilder& BatchBuilder::Text(std::string_view value) {
  return Append<arrow::StringBuilder>(value);
}

BatchBuilder& BatchBuilder::Date(std::int64_t days) {
  return Append<arrow::Date32Builder>(static_cast<std::int32_t>(days));
}

BatchBuilder& BatchBuilder::Timestamp(std::int64_t micros) {
  return Append<arrow::TimestampBuilder>(micros);
}

BatchBuilder& BatchBuilder::Decimal(std::int64_t unscaled) {
  return Append<arrow::Decimal128Builder>(arrow::Decimal128(unscaled));
}

BatchBuilder& BatchBuilder::Null() {
  Keep(Next().AppendNull());
  return *this;
}

arrow::ArrayBuilder& BatchBuilder::Next() {
  auto& column = *columns_[column_];
  column_ = column_ + 1 == columns_.size() ? 0 : column_ + 1;
  return column;
}

void BatchBuilder::Keep(const arrow::Status& status) {
  if (status_.ok() && !status.ok()) status_ = status;
}

Result<std::shared_ptr<arrow::RecordBatch>> BatchBuilder::Flush() {
  NL_CHECK(column_ == 0);
  TRY(columnar::Unwrap(status_, "making rows"));
  return columnar::Unwrap(builder_->Flush(), "making rows");
}

}  // namespace neuralake::generate
