#pragma once

#include <memory>

#include "neuralake/base/error.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/types.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace neuralake::columnar {

/// `schema` without what is never stored: void columns and void fields of structs.
/// \errors kUnsupported  what cannot be stored at all, naming the column
Result<Schema> StoredSchema(const Schema& schema);

/// `batch`, whose columns are those of `schema`, as `stored` names and nests them: another type
/// over the same buffers.
/// \param stored  `ToArrow(StoredSchema(schema), naming)`
std::shared_ptr<arrow::RecordBatch> StoredBatch(const arrow::RecordBatch& batch,
                                                const Schema& schema,
                                                const std::shared_ptr<arrow::Schema>& stored);

}  // namespace neuralake::columnar
