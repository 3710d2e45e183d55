#include "gen_output.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "file_place.h"
#include "table_command.h"
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/parquet/parquet_writer.h"
#include "neuralake/columnar/parquet/store_sink.h"
#include "neuralake/delta/data/table_write.h"
#include "neuralake/serve/format/encoder.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::app {
namespace {

/// Where bytes of text or of a stream of batches go.
class Bytes {
 public:
  virtual ~Bytes() = default;
  virtual Status Write(std::string_view bytes, const Deadline& deadline) = 0;
  virtual Status Finish(const Deadline& deadline) = 0;
};

class StdoutBytes final : public Bytes {
 public:
  Status Write(std::string_view bytes, const Deadline&) override {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
    return Failure();
  }

  Status Finish(const Deadline&) override {
    if (std::fflush(stdout) == 0) return {};
    return Failure();
  }

 private:
  static Status Failure() {
    return Fail(errno == ENOSPC ? ErrorKind::kResourceExhausted : ErrorKind::kUnavailable,
                std::string("cannot write to standard output: ") + std::strerror(errno));
  }
};

class ObjectBytes final : public Bytes {
 public:
  explicit ObjectBytes(FilePlace place) : sink_(std::move(place.store), std::move(place.key)) {}

  Status Write(std::string_view bytes, const Deadline& deadline) override {
    sink_.set_deadline(deadline);
    const auto size = static_cast<std::int64_t>(bytes.size());
    return columnar::Unwrap(sink_.Write(bytes.data(), size), "writing " + sink_.key());
  }

  Status Finish(const Deadline& deadline) override {
    sink_.set_deadline(deadline);
    return sink_.Publish();
  }

 private:
  columnar::StoreSink sink_;
};

Result<std::unique_ptr<Bytes>> OpenBytes(const std::string& output) {
  if (output == "-") return std::make_unique<StdoutBytes>();
  return std::make_unique<ObjectBytes>(TRY(Locate(output)));
}

/// CSV, Arrow and Parquet as an answer of the service has them.
class EncodedOutput final : public GenOutput {
 public:
  EncodedOutput(std::unique_ptr<Bytes> bytes, serve::Format format, columnar::Schema schema)
      : bytes_(std::move(bytes)), format_(format), encoder_(serve::MakeEncoder(format)) {
    auto arrow = columnar::ToArrow(schema);
    head_ = {std::move(schema), std::move(arrow), ""};
  }

  Status Write(const arrow::RecordBatch& batch, const Deadline& deadline) override {
    TRY(Begin());
    TRY(encoder_->Add(batch, text_));
    return Drain(deadline);
  }

  Result<GenWritten> Finish(const Deadline& deadline) override {
    TRY(Begin());
    TRY(encoder_->End({}, text_));
    TRY(Drain(deadline));
    TRY(bytes_->Finish(deadline));
    GenWritten written;
    written.format = serve::Row(format_).name;
    written.bytes = written_;
    return written;
  }

 private:
  Status Begin() {
    if (begun_) return {};
    begun_ = true;
    return encoder_->Begin(head_, text_);
  }

  Status Drain(const Deadline& deadline) {
    written_ += static_cast<std::int64_t>(text_.size());
    TRY(bytes_->Write(text_, deadline));
    text_.clear();
    return {};
  }

  std::unique_ptr<Bytes> bytes_;
  serve::Format format_;
  std::unique_ptr<serve::Encoder> encoder_;
  serve::AnswerHead head_;
  std::string text_;
  std::int64_t written_ = 0;
  bool begun_ = false;
};

/// Lines, some of them broken on purpose.
class LinesOutput final : public GenOutput {
 public:
  LinesOutput(std::unique_ptr<Bytes> bytes, const columnar::Schema& schema,
              generate::Spoiler spoiler)
      : bytes_(std::move(bytes)), spoiler_(std::move(spoiler)) {
    head_ = {schema, columnar::ToArrow(schema), ""};
  }

  Status Write(const arrow::RecordBatch& batch, const Deadline& deadline) override {
    // An encoder a batch: only at its end is the last line whole.
    const auto encoder = serve::MakeEncoder(serve::Format::kNdjson);
    std::string lines;
    TRY(encoder->Begin(head_, lines));
    TRY(encoder->Add(batch, lines));
    TRY(encoder->End({}, lines));
    std::string out;
    out.reserve(lines.size());
    TRY(spoiler_.Spoil(lines, out));
    written_ += static_cast<std::int64_t>(out.size());
    return bytes_->Write(out, deadline);
  }

  Result<GenWritten> Finish(const Deadline& deadline) override {
    TRY(bytes_->Finish(deadline));
    GenWritten written;
    written.format = "ndjson";
    written.bytes = written_;
    written.damage = spoiler_.damage();
    return written;
  }

 private:
  std::unique_ptr<Bytes> bytes_;
  generate::Spoiler spoiler_;
  serve::AnswerHead head_;
  std::int64_t written_ = 0;
};

/// A Parquet file, by the writer of data files.
class ParquetOutput final : public GenOutput {
 public:
  explicit ParquetOutput(std::unique_ptr<columnar::ParquetWriter> writer)
      : writer_(std::move(writer)) {}

  Status Write(const arrow::RecordBatch& batch, const Deadline& deadline) override {
    return writer_->Write(batch, deadline);
  }

  Result<GenWritten> Finish(const Deadline& deadline) override {
    GenWritten written;
    written.format = "parquet";
    written.bytes = TRY(writer_->Finish(deadline)).size;
    return written;
  }

 private:
  std::unique_ptr<columnar::ParquetWriter> writer_;
};

/// A Delta table: one commit with all rows, which makes the table when it is not there.
class TableOutput final : public GenOutput {
 public:
  static Result<std::unique_ptr<GenOutput>> Open(const GenTarget& target,
                                                 const columnar::Schema& schema,
                                                 const Deadline& deadline) {
    delta::TableWriteOptions options;
    options.creation.schema = schema;
    options.creation.partition_columns = target.partition_by;
    const auto table = TRY(OpenTable(target.output));
    return std::make_unique<TableOutput>(
        TRY(delta::TableWrite::Begin(table, schema, std::move(options), deadline)));
  }

  explicit TableOutput(std::unique_ptr<delta::TableWrite> write) : write_(std::move(write)) {}

  Status Write(const arrow::RecordBatch& batch, const Deadline& deadline) override {
    return write_->Write(batch, deadline);
  }

  Result<GenWritten> Finish(const Deadline& deadline) override {
    const auto done = TRY(write_->Commit(deadline));
    GenWritten written;
    written.format = "delta";
    written.bytes = done.bytes;
    written.files = done.files;
    written.version = done.version;
    return written;
  }

 private:
  std::unique_ptr<delta::TableWrite> write_;
};

/// What the last part of `location` ends in, from its point on; empty without one.
std::string_view Ending(std::string_view location) {
  const auto name = location.substr(location.rfind('/') + 1);
  const auto point = name.rfind('.');
  return point == std::string_view::npos || point == 0 ? "" : name.substr(point);
}

bool IsTable(const std::string& location, const Deadline& deadline) {
  const auto table = OpenTable(location);
  return table.has_value() && (*table)->Latest(deadline).has_value();
}

Result<std::string> FormatOf(const GenTarget& target, const Deadline& deadline) {
  static constexpr std::array kNames = {"ndjson", "csv", "arrow", "parquet"};
  if (!target.format.empty()) return target.format;
  if (target.output == "-") return "ndjson";
  const auto ending = Ending(target.output);
  for (const char* name : kNames) {
    if (ending == std::string(".") + name) return name;
  }
  if (ending == ".json" || ending == ".jsonl") return "ndjson";
  // What looks like the name of a file becomes a table only when it is one, or is said to be one.
  if (ending.empty() || IsTable(target.output, deadline)) return "delta";
  return Fail(
      ErrorKind::kInvalid,
      fmt::format("cannot tell the format of {}: a file ends in .ndjson, .jsonl, .json, "
                  ".csv, .arrow or .parquet; --format delta makes a Delta table of this name",
                  target.output));
}

/// Refuse a file that is there.
Status CheckAbsent(const GenTarget& target, const Deadline& deadline) {
  if (target.overwrite || target.output == "-") return {};
  const auto place = TRY(Locate(target.output));
  const auto there = place.store->Head(place.key, deadline);
  if (there.has_value()) {
    return Fail(ErrorKind::kAlreadyExists,
                fmt::format("{} is there already; --overwrite replaces it", target.output));
  }
  if (there.error().kind != ErrorKind::kNotFound) return std::unexpected(there.error());
  return {};
}

}  // namespace

Result<std::unique_ptr<GenOutput>> GenOutput::Open(const GenTarget& target,
                                                   const columnar::Schema& schema,
                                                   const Deadline& deadline) {
  const auto format = TRY(FormatOf(target, deadline));
  if (target.bad_rows != 0 && format != "ndjson") {
    return Fail(ErrorKind::kInvalid,
                fmt::format("--bad-rows breaks lines of NDJSON; {} cannot hold them", format));
  }
  if (format == "delta") {
    if (target.output == "-") {
      return Fail(ErrorKind::kInvalid, "a Delta table needs --output with its location");
    }
    if (target.overwrite) {
      return Fail(ErrorKind::kInvalid,
                  "--overwrite is for files; rows are appended to a Delta table");
    }
    return TableOutput::Open(target, schema, deadline);
  }
  TRY(CheckAbsent(target, deadline));
  if (format == "ndjson") {
    auto spoiler = TRY(generate::Spoiler::Make(schema, target.bad_rows, target.seed));
    return std::make_unique<LinesOutput>(TRY(OpenBytes(target.output)), schema, std::move(spoiler));
  }
  if (format == "parquet" && target.output != "-") {
    auto place = TRY(Locate(target.output));
    return std::make_unique<ParquetOutput>(TRY(columnar::ParquetWriter::Open(
        std::move(place.store), std::move(place.key), schema, columnar::ParquetOptions{})));
  }
  return std::make_unique<EncodedOutput>(TRY(OpenBytes(target.output)),
                                         TRY(serve::ParseFormat(format)), schema);
}

}  // namespace neuralake::app
