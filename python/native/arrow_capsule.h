#pragma once

#include <memory>

#include <nanobind/nanobind.h>

#include "neuralake/base/error.h"

namespace arrow {
class RecordBatch;
class RecordBatchReader;
class Schema;
}  // namespace arrow

namespace neuralake::python {

// Data crosses to Python by the Arrow C interface only, in capsules, so that the library inside
// and any other Arrow in the process never meet.

/// `__arrow_c_schema__` of `schema`.
nanobind::object SchemaCapsule(const arrow::Schema& schema);

/// `__arrow_c_array__` of `batch`: a capsule of the schema and one of the data.
nanobind::object BatchCapsules(const arrow::RecordBatch& batch);

/// The reader of an object with `__arrow_c_stream__`.
/// \errors kInvalid  it has none, or what it gave is not a stream of records
Result<std::shared_ptr<arrow::RecordBatchReader>> ReaderOf(const nanobind::object& source);

}  // namespace neuralake::python
