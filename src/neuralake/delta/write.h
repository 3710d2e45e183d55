#pragma once

#include <memory>
#include <string>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/rng.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/storage/object_store.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::delta {

struct WriteOptions {
  std::int64_t target_file_bytes = 128LL << 20;  ///< A file is closed when it reaches this size.
  std::int64_t row_group_rows = 122'880;         ///< A multiple of 2,048.
  int zstd_level = 3;                            ///< 1..19
  bool data_change = true;
  std::string folder = {};       ///< Below the root: `_change_data/`; empty for the table's data.
  std::string prefix = "part-";  ///< What names of files begin with.
  const Clock* clock = &SystemClock::Get();  ///< Times of files; outlives the writer.
  Rng* rng = &SystemRng::Get();              ///< Names of files; outlives the writer.
};

/// Writes rows into data files of a table, by partition, with statistics.
///
/// Feed it batches, then `Finish` for the actions to commit. Without a `Finish` that succeeds, its
/// destructor deletes what was uploaded (see `DeleteUnnamed`); afterwards the files are the
/// caller's, see `WrittenFiles`.
/// \threads one thread at a time
class DataWriter {
 public:
  virtual ~DataWriter() = default;

  /// Write for the schema, partitioning and properties of `metadata` below the root of `store`.
  ///
  /// \errors kUnsupported  a writer feature this build does not have, by name
  ///         kInvalid      options or properties that make no sense
  static Result<std::unique_ptr<DataWriter>> Open(std::shared_ptr<storage::ObjectStore> store,
                                                  const Protocol& protocol,
                                                  const Metadata& metadata,
                                                  const WriteOptions& options);

  /// Append rows. Columns are matched by name (partition columns among them); a missing nullable
  /// one becomes null.
  ///
  /// \errors kInvalid  a column that the table does not have, a type that does not fit, or a null
  ///                   where the schema has none; names the column and the row
  virtual Status Write(const arrow::RecordBatch& batch, const Deadline& deadline) = 0;

  /// Close all files.
  /// \returns  one action a file, in the order in which they were begun; none without rows
  virtual Result<std::vector<AddFile>> Finish(const Deadline& deadline) = 0;
};

}  // namespace neuralake::delta
