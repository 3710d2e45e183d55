#pragma once

#include <memory>
#include <string>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::app {

/// A file of rows, read batch by batch in bounded memory: Parquet, Arrow (file or stream), CSV with
/// a header, NDJSON (a line a row) or JSON (one object, or one array of objects).
///
/// `Schema` when it is wanted, then `Begin`, then `Next` until it gives null.
/// \threads one thread at a time
class RowFile {
 public:
  virtual ~RowFile() = default;

  /// Open the file at `location`, a path or a URI; its name tells the format.
  /// \errors kInvalid     a name that tells no format
  ///         kNotFound    no such file
  ///         kCorruption  not a file of that format
  static Result<std::unique_ptr<RowFile>> Open(const std::string& location,
                                               const Deadline& deadline);

  /// The columns. Of text they are guessed from the first rows: numbers, booleans, dates, instants
  /// (CSV only), text.
  virtual Result<columnar::Schema> Schema() = 0;

  /// What follows is read as rows of a table of `schema`, which tells what text means.
  virtual Status Begin(const columnar::Schema& schema) = 0;

  /// The next rows, or null at the end.
  /// \errors kInvalid     text that does not fit the schema; names file and row
  ///         kCorruption  a broken file
  virtual Result<std::shared_ptr<arrow::RecordBatch>> Next(const Deadline& deadline) = 0;
};

}  // namespace neuralake::app
