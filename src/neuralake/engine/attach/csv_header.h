#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::engine {

/// The cells of the first line of a CSV file: separated by `delimiter`, perhaps quoted, a quote
/// inside of quotes doubled; without a byte-order mark and the end of the line.
std::vector<std::string> ParseCsvHeader(std::string_view line, char delimiter);

/// How many bytes the first line of `head` has, its line break included; 0 when it does not end.
std::size_t CsvHeaderBytes(std::string_view head, char delimiter);

/// Whether `names`, from a file's first line, are `declared` in their order, without case.
///
/// DuckDB gives cells to declared columns by their place in a line, whatever its header says.
/// \errors kInvalid  they are not; says what to do
Status CheckCsvHeader(const std::vector<std::string>& names,
                      const std::vector<std::string>& declared);

}  // namespace neuralake::engine
