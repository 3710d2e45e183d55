#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table_builder.h>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"

namespace neuralake::generate {

/// Rows in the making: each call appends one cell, from the first column to the last, then again.
///
/// The caller keeps to the types of the schema: `Long` for kLong, `Text` for kString, and so on.
/// \threads one thread at a time
class BatchBuilder {
 public:
  static Result<BatchBuilder> Open(const columnar::Schema& schema);

  BatchBuilder& Int(std::int64_t value);
  BatchBuilder& Long(std::int64_t value);
  BatchBuilder& Double(double value);
  BatchBuilder& Text(std::string_view value);
  BatchBuilder& Date(std::int64_t days);
  BatchBuilder& Timestamp(std::int64_t micros);
  /// \param unscaled  12.50 of scale 2 is 1250
  BatchBuilder& Decimal(std::int64_t unscaled);
  BatchBuilder& Null();

  /// The next cell's builder, for types that have no call above; the caller appends one value.
  arrow::ArrayBuilder& Next();
  /// Keep the first failure of an append; told by `Flush`.
  void Keep(const arrow::Status& status);

  /// Rows that are complete.
  std::int64_t rows() const { return columns_.front()->length(); }

  /// All rows so far, as a batch; begins the next one.
  /// \errors kResourceExhausted  out of memory
  Result<std::shared_ptr<arrow::RecordBatch>> Flush();

 private:
  explicit BatchBuilder(std::unique_ptr<arrow::RecordBatchBuilder> builder);

  template <class Builder, class T>
  BatchBuilder& Append(const T& value) {
    Keep(static_cast<Builder&>(Next()).Append(value));
    return *this;
  }

  std::unique_ptr<arrow::RecordBatchBuilder> builder_;
  std::vector<arrow::ArrayBuilder*> columns_;
  std::size_t column_ = 0;
  arrow::Status status_;
};

}  // namespace neuralake::generate
