#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/parquet/file_statistics.h"
#include "neuralake/columnar/types.h"
#include "neuralake/storage/object_store.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::columnar {

struct ParquetOptions {
  int zstd_level = 3;                     ///< 1..19
  std::int64_t row_group_rows = 122'880;  ///< 1 or more
  ArrowNaming naming{};
};

/// A finished data file.
struct ParquetFile {
  std::int64_t size = 0;  ///< Bytes.
  FileStatistics statistics;
};

/// Writes one Parquet file as all rooms write data files: zstd, pages of version 1, timestamps as
/// microseconds in 64 bits, decimals of up to 18 digits as integers, void fields left out.
///
/// \threads one thread at a time
/// \source  Delta PROTOCOL.md, "Data Files"; Apache Parquet format, "LogicalTypes"
class ParquetWriter {
 public:
  /// Begin `key`. Nothing is in the store before `Finish`, but for parts of a large upload.
  ///
  /// \param schema  the columns, in order, by their logical names
  /// \errors kUnsupported  a struct without a field that can be stored, a list or a map of void, a
  ///                       variant; names the column
  static Result<std::unique_ptr<ParquetWriter>> Open(std::shared_ptr<storage::ObjectStore> store,
                                                     std::string key, const Schema& schema,
                                                     const ParquetOptions& options);
  ~ParquetWriter();

  /// Append rows: columns of exactly the types `ToArrow(schema)`, as `Conform` makes them. Errors
  /// are final.
  /// \errors those of the store
  Status Write(const arrow::RecordBatch& batch, const Deadline& deadline);

  /// Rows so far.
  std::int64_t rows() const;

  /// How large the file is about to be, if it were finished now; bytes, an estimate.
  std::int64_t bytes() const;

  /// What is held in memory until the row group or the file ends; bytes, an estimate.
  std::int64_t held_bytes() const;

  /// Write the footer and make the file durable and visible.
  Result<ParquetFile> Finish(const Deadline& deadline);

 private:
  struct State;
  explicit ParquetWriter(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace neuralake::columnar
