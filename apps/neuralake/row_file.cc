#include "row_file.h"

#include <array>
#include <exception>
#include <string_view>

#include "file_place.h"
#include "row_text.h"
#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>

#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/io/arrow_stream_end.h"
#include "neuralake/columnar/io/object_file.h"

namespace neuralake::app {
namespace {

using columnar::Unwrap;

constexpr std::int64_t kBatchRows = 32'768;
constexpr std::string_view kArrowFileMagic = "ARROW1";

template <class T>
Result<T> Read(arrow::Result<T> result, const std::string& what) {
  return Unwrap(std::move(result), what, ErrorKind::kCorruption);
}

/// A file that carries its own schema.
class TypedFile final : public RowFile {
 public:
  TypedFile(std::string location, std::shared_ptr<storage::ObjectStore> store,
            std::shared_ptr<columnar::ObjectFile> file)
      : location_(std::move(location)), store_(std::move(store)), file_(std::move(file)) {}

  Status OpenParquet() {
    parquet::ArrowReaderProperties properties;
    properties.set_batch_size(kBatchRows);
    properties.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);
    // Otherwise all of a row group is read before its first row comes out.
    properties.set_pre_buffer(false);
    parquet::arrow::FileReaderBuilder builder;
    TRY(Unwrap(builder.Open(file_), location_, ErrorKind::kCorruption));
    builder.properties(properties);
    parquet_ = TRY(Read(builder.Build(), location_));
    batches_ = TRY(Read(parquet_->GetRecordBatchReader(), location_));
    return {};
  }

  Status OpenArrow() {
    const auto size = TRY(Read(file_->GetSize(), location_));
    const auto start = TRY(Read(file_->ReadAt(0, std::min<std::int64_t>(size, 8)), location_));
    if (!start->ToString().starts_with(kArrowFileMagic)) {
      batches_ = TRY(Read(arrow::ipc::RecordBatchStreamReader::Open(file_), location_));
      return {};
    }
    arrow_ = TRY(Read(arrow::ipc::RecordBatchFileReader::Open(file_), location_));
    return {};
  }

  Result<columnar::Schema> Schema() override {
    auto schema = columnar::FromArrow(batches_ ? *batches_->schema() : *arrow_->schema());
    if (!schema) return Annotate(std::move(schema).error(), location_);
    return schema;
  }

  Status Begin(const columnar::Schema&) override { return {}; }

  Result<std::shared_ptr<arrow::RecordBatch>> Next(const Deadline& deadline) override {
    TRY(deadline.Check("reading " + location_));
    try {
      if (!batches_) return NextOfArrow();
      std::shared_ptr<arrow::RecordBatch> batch;
      const auto at = TRY(Read(file_->Tell(), location_));
      TRY(Unwrap(batches_->ReadNext(&batch), location_, ErrorKind::kCorruption));
      if (batch == nullptr && parquet_ == nullptr) TRY(CheckStreamEnd(at));
      return batch;
    } catch (const std::exception& failure) {
      // The Parquet library throws where a file contradicts itself.
      return Fail(ErrorKind::kCorruption, location_ + ": " + failure.what());
    }
  }

 private:
  Status CheckStreamEnd(std::int64_t at) const {
    auto end = columnar::CheckStreamEnd(*file_, at, ErrorKind::kCorruption);
    return end ? end : Annotate(std::move(end).error(), location_);
  }

  Result<std::shared_ptr<arrow::RecordBatch>> NextOfArrow() {
    if (next_ == arrow_->num_record_batches()) return std::shared_ptr<arrow::RecordBatch>();
    return Read(arrow_->ReadRecordBatch(next_++), location_);
  }

  const std::string location_;
  const std::shared_ptr<storage::ObjectStore> store_;
  const std::shared_ptr<columnar::ObjectFile> file_;
  std::unique_ptr<parquet::arrow::FileReader> parquet_;
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> arrow_;
  int next_ = 0;
  std::shared_ptr<arrow::RecordBatchReader> batches_;
};

enum class Form : std::uint8_t { kParquet, kArrow, kCsv, kNdjson, kJson };

Result<Form> FormOf(const std::string& location) {
  struct Ending {
    std::string_view text;
    Form form;
  };
  static constexpr std::array kEndings = {
      Ending{".parquet", Form::kParquet}, Ending{".arrow", Form::kArrow},
      Ending{".arrows", Form::kArrow},    Ending{".feather", Form::kArrow},
      Ending{".ipc", Form::kArrow},       Ending{".csv", Form::kCsv},
      Ending{".ndjson", Form::kNdjson},   Ending{".jsonl", Form::kNdjson},
      Ending{".json", Form::kJson}};
  for (const Ending& ending : kEndings) {
    if (location.ends_with(ending.text)) return ending.form;
  }
  return Fail(ErrorKind::kInvalid,
              "cannot tell the format of " + location +
                  ": its name must end in .parquet, .arrow, .csv, .ndjson, .jsonl or .json");
}

}  // namespace

Result<std::unique_ptr<RowFile>> RowFile::Open(const std::string& location,
                                               const Deadline& deadline) {
  const Form form = TRY(FormOf(location));
  auto [store, key] = TRY(Locate(location));
  auto opened = columnar::ObjectFile::Open(*store, key, deadline);
  if (!opened) return Annotate(std::move(opened).error(), location);
  if (form != Form::kParquet && form != Form::kArrow) {
    const auto content = form == Form::kCsv      ? ingest::ContentType::kCsv
                         : form == Form::kNdjson ? ingest::ContentType::kNdjson
                                                 : ingest::ContentType::kJson;
    return OpenTextFile({location, content, std::move(store), *std::move(opened)});
  }
  auto file = std::make_unique<TypedFile>(location, std::move(store), *std::move(opened));
  try {
    TRY(form == Form::kParquet ? file->OpenParquet() : file->OpenArrow());
  } catch (const std::exception& failure) {
    return Fail(ErrorKind::kCorruption, location + ": " + failure.what());
  }
  return file;
}

}  // namespace neuralake::app
