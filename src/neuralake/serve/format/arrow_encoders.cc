#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "neuralake/serve/format/encoders_internal.h"
#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

/// A file without a disk: what Arrow writes gathers here until it is handed on.
class Outlet final : public arrow::io::OutputStream {
 public:
  arrow::Status Write(const void* data, std::int64_t size) override {
    bytes_.append(static_cast<const char*>(data), static_cast<std::size_t>(size));
    position_ += size;
    return arrow::Status::OK();
  }
  using Writable::Write;
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }

  void MoveTo(std::string& out) {
    out += bytes_;
    bytes_.clear();
  }

 private:
  std::string bytes_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

Status FromArrow(const arrow::Status& status) {
  if (status.ok()) return {};
  return Fail(ErrorKind::kInternal, "the answer could not be encoded: " + status.ToString());
}

template <class T>
Result<T> FromArrow(arrow::Result<T> result) {
  if (!result.ok()) TRY(FromArrow(result.status()));
  return std::move(result).ValueUnsafe();
}

class ArrowEncoder final : public Encoder {
 public:
  Status Begin(const AnswerHead& head, std::string& out) override {
    writer_ = TRY(FromArrow(arrow::ipc::MakeStreamWriter(outlet_, head.arrow_schema)));
    outlet_->MoveTo(out);
    return {};
  }

  Status Add(const arrow::RecordBatch& batch, std::string& out) override {
    TRY(FromArrow(writer_->WriteRecordBatch(batch)));
    outlet_->MoveTo(out);
    return {};
  }

  Status End(const AnswerTail&, std::string& out) override {
    TRY(FromArrow(writer_->Close()));
    outlet_->MoveTo(out);
    return {};
  }

  bool Fail(const Error&, std::string_view, std::string&) override { return false; }

 private:
  std::shared_ptr<Outlet> outlet_ = std::make_shared<Outlet>();
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
};

/// Rows are held until a row group is full: the format has its columns one after another.
class ParquetEncoder final : public Encoder {
 public:
  Status Begin(const AnswerHead& head, std::string& out) override {
    schema_ = head.arrow_schema;
    const auto properties = parquet::WriterProperties::Builder()
                                .compression(parquet::Compression::ZSTD)
                                ->max_row_group_length(kParquetGroupRowsMax)
                                ->build();
    writer_ = TRY(FromArrow(parquet::arrow::FileWriter::Open(
        *schema_, arrow::default_memory_pool(), outlet_, properties,
        parquet::ArrowWriterProperties::Builder().store_schema()->build())));
    outlet_->MoveTo(out);
    return {};
  }

  Status Add(const arrow::RecordBatch& batch, std::string& out) override {
    // why: the batch is borrowed, and a row group is written from several of them.
    held_.push_back(batch.Slice(0));
    held_rows_ += batch.num_rows();
    if (held_rows_ >= kParquetGroupRowsMax) TRY(Flush());
    outlet_->MoveTo(out);
    return {};
  }

  Status End(const AnswerTail&, std::string& out) override {
    if (held_rows_ > 0) TRY(Flush());
    TRY(FromArrow(writer_->Close()));
    outlet_->MoveTo(out);
    return {};
  }

  bool Fail(const Error&, std::string_view, std::string&) override { return false; }

 private:
  Status Flush() {
    const auto table = TRY(FromArrow(arrow::Table::FromRecordBatches(schema_, held_)));
    held_.clear();
    held_rows_ = 0;
    return FromArrow(writer_->WriteTable(*table, kParquetGroupRowsMax));
  }

  std::shared_ptr<Outlet> outlet_ = std::make_shared<Outlet>();
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> held_;
  std::int64_t held_rows_ = 0;
};

}  // namespace

std::unique_ptr<Encoder> MakeArrowEncoder() { return std::make_unique<ArrowEncoder>(); }
std::unique_ptr<Encoder> MakeParquetEncoder() { return std::make_unique<ParquetEncoder>(); }

}  // namespace neuralake::serve
