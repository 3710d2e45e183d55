#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/ingest/decode/arrow_match.h"

namespace arrow {
class MemoryPool;
class RecordBatch;
}  // namespace arrow

namespace neuralake::ingest {

/// Called for a row that does not fit: its number from 0, why, and the row as text. An error ends
/// the reading.
using RejectRow = std::function<Status(std::int64_t row, std::string reason, std::string payload)>;

/// What a body is told whose rows take more than `kDecodedBytesMax`.
std::unexpected<Error> BodyTooLarge();

/// Turns Arrow IPC streams into batches of one schema.
///
/// Columns, and members of structs, are matched by name and cast without loss, but for times finer
/// than a microsecond, which are cut; a column of text is read as text in JSON is. What the stream
/// lacks becomes null. A row with a value that does not fit is rejected; the others go on.
/// \threads one thread at a time
class ArrowRows {
 public:
  /// \param ignore_unknown  leave out columns and members of structs that the table does not have,
  ///                        instead of refusing the stream
  ArrowRows(const columnar::Schema& schema, bool ignore_unknown);

  /// \errors kInvalid  not an Arrow stream; or none of its rows can fit (see `MatchColumns`); or
  ///                   larger than `kDecodedBytesMax` once decoded
  Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> Read(std::string_view body,
                                                                const RejectRow& reject) const;

 private:
  std::shared_ptr<arrow::RecordBatch> Align(const arrow::RecordBatch& given,
                                            const std::vector<GivenColumn>& columns) const;
  Status Convert(const arrow::RecordBatch& rows, std::int64_t first, arrow::MemoryPool& pool,
                 const RejectRow& reject,
                 std::vector<std::shared_ptr<arrow::RecordBatch>>& out) const;
  Result<std::shared_ptr<arrow::RecordBatch>> Cast(const arrow::RecordBatch& rows,
                                                   arrow::MemoryPool& pool) const;

  const std::vector<columnar::Field> fields_;
  const std::shared_ptr<arrow::Schema> schema_;
  const bool ignore_unknown_;
};

}  // namespace neuralake::ingest
