#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::ingest {

/// One cell of a CSV record.
struct CsvCell {
  std::string_view text;
  bool quoted = false;  ///< `""` is an empty text, where nothing at all is null.
};

/// Cuts CSV into records and cells.
///
/// Cells end at `,`; records end at LF or CRLF; a cell in double quotes may hold both, and a double
/// quote written twice. Empty lines are skipped.
/// \source RFC 4180
/// \threads one thread at a time
class CsvText {
 public:
  /// \param text  outlives this
  explicit CsvText(std::string_view text) : text_(text) {}

  /// Go to the next record; false at the end.
  bool Next();

  /// Its text, without the line end.
  std::string_view record() const { return record_; }

  /// Its cells, valid until the next call.
  /// \errors kInvalid  a quote that is not closed, or text behind a closed one
  Result<const std::vector<CsvCell>*> Cells();

 private:
  Result<CsvCell> TakeCell(std::string_view& rest);

  std::string_view text_;
  std::string_view record_;
  std::vector<CsvCell> cells_;
  std::vector<std::string> unquoted_;
};

}  // namespace neuralake::ingest
