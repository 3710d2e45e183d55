#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/engine/executor.h"

namespace neuralake::app {

/// The forms in which an answer is printed: `table`, and those of the HTTP service.
constexpr const char* kFormats = "table, csv, json, ndjson, arrow or parquet";

/// The same, one by one.
std::vector<std::string> FormatNames();

/// Write all rows of `stream` to standard output as `format`.
/// \errors kInvalid  no such format
///         those of `RowStream::Next`
Status PrintAnswer(engine::RowStream& stream, const std::string& format);

/// Write all rows of `stream` to the file at `path`, in the format that its name ends in. The file
/// appears whole or not at all.
/// \returns the number of rows
/// \errors kInvalid           a name that ends in none of .parquet, .arrow, .csv, .ndjson, .json
///         kResourceExhausted the disk is full
Result<std::int64_t> SaveAnswer(engine::RowStream& stream, const std::string& path);

/// The format that the name of `path` ends in.
/// \errors kInvalid
Result<std::string> FormatOfFile(const std::string& path);

}  // namespace neuralake::app
