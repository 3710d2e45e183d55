#pragma once

#include <memory>
#include <string>

#include <parquet/arrow/reader.h>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::verify {

/// Open the Parquet file `key` of `size` bytes.
/// \errors kCorruption  with what Arrow says of it
Result<std::unique_ptr<parquet::arrow::FileReader>> OpenParquet(storage::ObjectStore& store,
                                                                const std::string& key,
                                                                std::uint64_t size,
                                                                const Deadline& deadline);

/// Read some leaf columns of a row group.
/// \errors kCorruption
Result<std::shared_ptr<arrow::Table>> ReadLeaves(parquet::arrow::FileReader& reader, int group,
                                                 const std::vector<int>& leaves);

}  // namespace neuralake::verify
