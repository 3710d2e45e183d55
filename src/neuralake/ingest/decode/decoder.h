#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/ingest/decode/json_rows.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace neuralake::ingest {

class ArrowRows;

/// What a body is written in. The numbers are stored in the log.
enum class ContentType : std::uint8_t {
  kJson = 1,         ///< One object, or an array of objects.
  kNdjson = 2,       ///< One object a line.
  kCsv = 3,          ///< Its first line names the columns.
  kCsvNoHeader = 4,  ///< All columns in the order of the table.
  kArrow = 5,        ///< An Arrow IPC stream.
};

/// The content type that an HTTP header names; its parameters count (`text/csv; header=absent`).
/// \errors kUnsupported  another one; lists those that are read. Or a charset other than UTF-8
Result<ContentType> ParseContentType(std::string_view header);

/// A row that does not fit its table.
struct RejectedRow {
  std::int64_t origin = 0;  ///< Which body: what `Add` was told.
  std::int64_t row = 0;     ///< Which row of that body, from 0.
  std::string reason;
  std::string payload;  ///< The row as it came.
};

struct RowCounts {
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;
};

/// What bodies became.
struct Decoded {
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;  ///< Of the table's schema.
  std::vector<RejectedRow> rejected;
  std::int64_t rows = 0;    ///< In all batches.
  std::uint64_t bytes = 0;  ///< Memory they take, about.
};

/// Turns bodies into batches of a table's schema. The same body always gives the same rows and the
/// same rejections, which replay of the log relies on.
///
/// \threads one thread at a time; reuse it, making one costs more than a small body
class Decoder {
 public:
  /// \errors kUnsupported  a column that events cannot fill, by name
  ///         kInvalid      `unknown` names a column that is no string column of the table
  static Result<std::unique_ptr<Decoder>> Make(const columnar::Schema& schema,
                                               const UnknownMembers& unknown);
  ~Decoder();

  /// Decode one body. Rows that fit join the batch, others the rejected.
  /// \param origin  what the caller knows the body by
  /// \errors kInvalid  the body as a whole is not of its type, with the offset where known; or its
  ///                   rows take more than `kDecodedBytesMax`. Nothing joined
  Result<RowCounts> Add(ContentType type, std::string_view body, std::int64_t origin = 0);

  /// Reject a body as a whole.
  void AddRejected(std::string reason, std::string_view body, std::int64_t origin);

  /// How much memory the rows of `body` may take, in bytes, about: up to `kDecodedBytesMax`.
  std::uint64_t Estimate(ContentType type, std::string_view body) const;

  /// How many rows wait for `Finish`.
  std::int64_t rows() const;

  /// What takes memory until `Finish`, in bytes: as much at least, without texts and lists.
  std::uint64_t bytes() const;

  /// Hand over everything since the last call.
  Decoded Finish();

 private:
  Decoder(std::unique_ptr<StructColumn> row, const columnar::Schema& schema,
          const UnknownMembers& unknown);

  Status AddBody(ContentType type, std::string_view body);
  Status AddJson(std::string_view body);
  Status AddNdjson(std::string_view body);
  Status AddCsv(std::string_view body, bool header);
  Status AddArrow(std::string_view body);
  void Reject(std::int64_t row, std::string reason, std::string_view payload);
  Status CheckSize() const;
  void Flush();

  std::unique_ptr<StructColumn> row_;
  JsonTape tape_;
  JsonRows json_;
  std::unique_ptr<ArrowRows> arrow_;
  UnknownMembers::Policy policy_;
  std::shared_ptr<arrow::Schema> schema_;
  Decoded decoded_;
  std::int64_t origin_ = 0;
  const std::uint64_t row_bytes_;  // what a row takes in the columns at least
  std::uint64_t size_before_ = 0;  // what all rows took before the body that is added
};

}  // namespace neuralake::ingest
