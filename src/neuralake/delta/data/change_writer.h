#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "neuralake/delta/write.h"

namespace neuralake::delta {

/// What became of a row of a change data feed.
enum class RowChangeType : std::uint8_t { kInsert, kDelete, kUpdateBefore, kUpdateAfter };

/// Writes changed rows into files of a table's change data feed, below `_change_data/`.
///
/// As `DataWriter`: feed it batches, then `Finish` for the actions to commit.
/// \threads one thread at a time
/// \source Delta PROTOCOL.md, "Add CDC File"
class ChangeWriter {
 public:
  /// Write for the table of `metadata` below the root of `store`.
  /// \errors those of `DataWriter::Open`
  static Result<std::unique_ptr<ChangeWriter>> Open(std::shared_ptr<storage::ObjectStore> store,
                                                    const Protocol& protocol,
                                                    const Metadata& metadata);

  /// Append rows with all columns of the table, to which `change` happened.
  Status Write(const arrow::RecordBatch& batch, RowChangeType change, const Deadline& deadline);

  /// Close all files.
  Result<std::vector<AddCdcFile>> Finish(const Deadline& deadline);

 private:
  explicit ChangeWriter(std::unique_ptr<DataWriter> files) : files_(std::move(files)) {}

  const std::unique_ptr<DataWriter> files_;
};

}  // namespace neuralake::delta
