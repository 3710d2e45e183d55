#pragma once

#include <string_view>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::columnar {

/// Compare every page of the Parquet file `key` with its checksum, where the writer left one: a bit
/// that a disk turned can decompress to other values without an error. The footer, which has no
/// checksum, must agree with the pages about types and counts of values.
///
/// Holds one column of a row group in memory; a small file whole.
/// \errors kCorruption  a page that differs, or no readable Parquet file; names the column and row
///                      group
///         and what the store answers
/// \source Parquet's `PageHeader.crc`
Status CheckPageChecksums(storage::ObjectStore& store, std::string_view key,
                          const Deadline& deadline);

}  // namespace neuralake::columnar
