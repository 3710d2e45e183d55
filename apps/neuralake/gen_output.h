#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/generate/spoil.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::app {

/// Where generated rows go, and in which form.
struct GenTarget {
  std::string output = "-";  ///< `-`: standard output; a file; else a Delta table.
  std::string format;        ///< ndjson, csv, arrow, parquet or delta; empty: by the name.
  std::vector<std::string> partition_by;  ///< Of a table that is made.
  double bad_rows = 0;                    ///< Share of lines to break; NDJSON only.
  std::uint64_t seed = 1;
  bool overwrite = false;  ///< Put a file in the place of one that is there.
};

/// What came of it.
struct GenWritten {
  std::string format;
  std::int64_t bytes = 0;
  std::optional<generate::Damage> damage;
  std::optional<std::int64_t> version;  ///< Of a Delta table.
  std::optional<std::int64_t> files;    ///< Of a Delta table.
};

/// Takes batches of one schema. A file or a commit appears whole by `Finish`, or never.
///
/// \threads one thread at a time
class GenOutput {
 public:
  virtual ~GenOutput() = default;

  /// \errors kInvalid            no such format, a name that tells none, bad rows in another one
  ///                             than NDJSON, or a Delta table to overwrite
  ///         kAlreadyExists      a file is there that is not to be overwritten
  ///         kResourceExhausted  the disk is full
  static Result<std::unique_ptr<GenOutput>> Open(const GenTarget& target,
                                                 const columnar::Schema& schema,
                                                 const Deadline& deadline);

  virtual Status Write(const arrow::RecordBatch& batch, const Deadline& deadline) = 0;
  virtual Result<GenWritten> Finish(const Deadline& deadline) = 0;
};

}  // namespace neuralake::app
