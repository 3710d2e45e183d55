#include "neuralake/columnar/parquet/parquet_writer.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/limits.h"
#include "neuralake/columnar/parquet/leaf_tracker.h"
#include "neuralake/columnar/parquet/store_sink.h"
#include "neuralake/columnar/parquet/stored_form.h"

namespace neuralake::columnar {

struct ParquetWriter::State {
  Schema schema;
  std::shared_ptr<arrow::Schema> stored;
  ParquetOptions options;
  std::shared_ptr<StoreSink> sink;
  std::unique_ptr<parquet::arrow::FileWriter> file;
  LeafTracker leaves;

  std::int64_t rows = 0;
  std::int64_t group_rows = 0;
  std::int64_t group_bytes = 0;    // in Arrow's layout, of the open row group
  std::int64_t written_bytes = 0;  // in Arrow's layout, of closed row groups
};

namespace {

std::shared_ptr<parquet::WriterProperties> Properties(const ParquetOptions& options) {
  parquet::WriterProperties::Builder builder;
  builder.compression(parquet::Compression::ZSTD)
      ->compression_level(options.zstd_level)
      ->version(parquet::ParquetVersion::PARQUET_2_6)
      ->data_page_version(parquet::ParquetDataPageVersion::V1)
      ->enable_page_checksum()
      ->max_row_group_length(options.row_group_rows)
      ->max_statistics_size(kFooterBoundBytesMax)
      ->enable_store_decimal_as_integer();
  return builder.build();
}

// Parquet's own code throws below the level that gives a status.
template <class Step>
Status Guard(std::string_view what, Step step) {
  try {
    return Unwrap(step(), what);
  } catch (const std::exception& error) {
    return Fail(ErrorKind::kInternal, fmt::format("{}: {}", what, error.what()));
  }
}

}  // namespace

ParquetWriter::ParquetWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ParquetWriter::~ParquetWriter() = default;

Result<std::unique_ptr<ParquetWriter>> ParquetWriter::Open(
    std::shared_ptr<storage::ObjectStore> store, std::string key, const Schema& schema,
    const ParquetOptions& options) {
  const Schema kept = TRY(StoredSchema(schema));
  const auto stored = ToArrow(kept, options.naming);
  auto sink = std::make_shared<StoreSink>(std::move(store), std::move(key));
  std::unique_ptr<parquet::arrow::FileWriter> file;
  TRY(Guard("begin " + sink->key(), [&] {
    return parquet::arrow::FileWriter::Open(*stored, arrow::default_memory_pool(), sink,
                                            Properties(options))
        .Value(&file);
  }));
  return std::unique_ptr<ParquetWriter>(new ParquetWriter(
      std::unique_ptr<State>(new State{schema, stored, options, std::move(sink), std::move(file),
                                       LeafTracker(kept, options.naming)})));
}

Status ParquetWriter::Write(const arrow::RecordBatch& batch, const Deadline& deadline) {
  State& state = *state_;
  state.sink->set_deadline(deadline);
  const auto stored = StoredBatch(batch, state.schema, state.stored);
  state.leaves.Watch(*stored);
  for (std::int64_t start = 0; start < stored->num_rows();) {
    const bool full =
        state.group_rows >= state.options.row_group_rows || state.group_bytes >= kRowGroupBytesMax;
    if (full) {
      TRY(Guard(state.sink->key(), [&] { return state.file->NewBufferedRowGroup(); }));
      state.written_bytes += std::exchange(state.group_bytes, 0);
      state.group_rows = 0;
    }
    const std::int64_t rows =
        std::min(stored->num_rows() - start, state.options.row_group_rows - state.group_rows);
    const auto slice = stored->Slice(start, rows);
    TRY(Guard(state.sink->key(), [&] { return state.file->WriteRecordBatch(*slice); }));
    state.group_bytes += arrow::util::ReferencedBufferSize(*slice).ValueOr(0);
    state.group_rows += rows;
    state.rows += rows;
    start += rows;
  }
  return {};
}

std::int64_t ParquetWriter::rows() const { return state_->rows; }

std::int64_t ParquetWriter::bytes() const {
  const std::int64_t flushed = state_->sink->Tell().ValueOr(0);
  // The open row group is taken to shrink as those before it did.
  const double shrink = state_->written_bytes > 0 ? static_cast<double>(flushed) /
                                                        static_cast<double>(state_->written_bytes)
                                                  : kShrinkGuess;
  return flushed + static_cast<std::int64_t>(static_cast<double>(state_->group_bytes) * shrink);
}

std::int64_t ParquetWriter::held_bytes() const {
  return state_->group_bytes + state_->sink->held_bytes();
}

Result<ParquetFile> ParquetWriter::Finish(const Deadline& deadline) {
  State& state = *state_;
  state.sink->set_deadline(deadline);
  ParquetFile result;
  TRY(Guard(state.sink->key(), [&] { return state.file->Close(); }));
  TRY(Guard(state.sink->key(), [&] {
    result.statistics = state.leaves.Gather(*state.file->metadata());
    return state.sink->Tell().Value(&result.size);
  }));
  TRY(state.sink->Publish());
  return result;
}

}  // namespace neuralake::columnar
