#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"

namespace arrow {
class MemoryPool;
class RecordBatch;
class Schema;
}  // namespace arrow

namespace neuralake::ingest {

/// Called for a row that does not fit: its number from 0, why, and the row as text. An error ends
/// the reading.
using RejectRow = std::function<Status(std::int64_t row, std::string reason, std::string payload)>;

/// What a body is told whose rows take more than `kDecodedBytesMax`.
std::unexpected<Error> BodyTooLarge();

/// Turns Arrow IPC streams into batches of one schema.
///
/// Columns are matched by name and cast without loss, but for times finer than a microsecond, which
/// are cut; ones that the stream lacks become null. A row with a value that does not fit is
/// rejected; the others go on.
/// \threads one thread at a time
class ArrowRows {
 public:
  /// \param reject_unknown  refuse streams with columns that the table does not have
  ArrowRows(const columnar::Schema& schema, bool reject_unknown);

  /// \errors kInvalid  not an Arrow stream; or none of its rows can fit: a column of a type that
  ///                   does not convert, or a missing one that must not be null; or larger than
  ///                   `kDecodedBytesMax` once decoded
  Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> Read(std::string_view body,
                                                                const RejectRow& reject) const;

 private:
  Status CheckSchema(const arrow::Schema& given) const;
  std::shared_ptr<arrow::RecordBatch> Align(const arrow::RecordBatch& given) const;
  Status Convert(const arrow::RecordBatch& rows, std::int64_t first, arrow::MemoryPool& pool,
                 const RejectRow& reject,
                 std::vector<std::shared_ptr<arrow::RecordBatch>>& out) const;
  Result<std::shared_ptr<arrow::RecordBatch>> Cast(const arrow::RecordBatch& rows,
                                                   arrow::MemoryPool& pool) const;

  const std::shared_ptr<arrow::Schema> schema_;
  const bool reject_unknown_;
};

}  // namespace neuralake::ingest
