#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "neuralake/generate/dataset.h"

namespace neuralake::generate {

/// For tests: all rows of `request` as one batch.
inline std::shared_ptr<arrow::RecordBatch> AllRows(const DatasetRequest& request) {
  auto source = OpenDataset(request);
  if (!source.has_value()) {
    ADD_FAILURE() << source.error().message;
    return nullptr;
  }
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (;;) {
    auto batch = (*source)->Next();
    if (!batch.has_value()) {
      ADD_FAILURE() << batch.error().message;
      return nullptr;
    }
    if (*batch == nullptr) break;
    batches.push_back(*batch);
  }
  return arrow::ConcatenateRecordBatches(batches).ValueOrDie();
}

/// For tests: a column by name, as the array it is.
template <class Array>
const Array& ColumnAs(const arrow::RecordBatch& batch, const std::string& name) {
  return static_cast<const Array&>(*batch.GetColumnByName(name));
}

}  // namespace neuralake::generate
