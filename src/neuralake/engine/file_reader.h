#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/storage/object_store.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::engine {

struct FileReaderOptions {
  std::int64_t memory_bytes = 0;    ///< 0: half of the machine's.
  std::int64_t threads = 0;         ///< 0: one a core.
  std::string temp_directory = {};  ///< Where to spill; empty: nowhere.
};

/// Reads data files of a table without SQL: for maintenance, which rewrites them.
///
/// \threads safe from any thread; one read at a time a call
class FileReader {
 public:
  using Sink = std::function<Status(const arrow::RecordBatch&)>;

  virtual ~FileReader() = default;

  /// An engine of its own, with its own limits.
  static Result<std::unique_ptr<FileReader>> Open(const FileReaderOptions& options);

  /// Hand the live rows of `files` to `sink`, file after file, row after row.
  ///
  /// The columns are those of the table's schema, by their logical names, partition columns among
  /// them; missing ones are filled and widened ones cast, as in a scan.
  /// \param files  numbers in `snapshot->files()`
  /// \returns  what `sink` returned first that was not a success
  virtual Status Read(const delta::SnapshotPtr& snapshot,
                      const std::shared_ptr<storage::ObjectStore>& store,
                      std::span<const std::uint32_t> files, const Sink& sink,
                      const Deadline& deadline) = 0;
};

}  // namespace neuralake::engine
