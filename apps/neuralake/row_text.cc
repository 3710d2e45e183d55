#include "row_text.h"

#include <algorithm>
#include <deque>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/csv/options.h>
#include <arrow/csv/reader.h>
#include <arrow/io/interfaces.h>
#include <arrow/io/memory.h>
#include <arrow/json/options.h>
#include <arrow/json/reader.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/arrow_types.h"

namespace neuralake::app {
namespace {

using columnar::TypeId;
using columnar::Unwrap;
using ingest::ContentType;

/// Bytes that are decoded at once; longer records are read whole.
constexpr std::int64_t kPieceBytes = 8LL << 20;
/// Of the first line of a file of JSON, to tell what it is.
constexpr std::int64_t kFirstLineBytes = 1LL << 20;
/// The longest record, and the largest JSON document, which is decoded whole.
constexpr std::size_t kRecordBytesMax = 64U << 20;
constexpr std::int64_t kDocumentBytesMax = 256LL << 20;

/// The end of the last whole record of `text`, after its line feed; 0 when there is none.
std::size_t EndOfRecords(std::string_view text, bool has_quotes) {
  if (!has_quotes) {
    const auto at = text.rfind('\n');
    return at == std::string_view::npos ? 0 : at + 1;
  }
  std::size_t end = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '\n' && !quoted) end = i + 1;
  }
  return end;
}

/// What a guessed type is in a table: what neither Delta nor the text can keep apart is text.
columnar::DataType Settled(columnar::DataType type, bool keeps_times) {
  const bool is_time = type.id == TypeId::kTimestamp || type.id == TypeId::kTimestampNtz;
  if (is_time) type.id = keeps_times ? TypeId::kTimestamp : TypeId::kString;
  if (type.id == TypeId::kVoid) type.id = TypeId::kString;
  for (auto& child : type.children) child.type = Settled(std::move(child.type), keeps_times);
  return type;
}

Result<columnar::Schema> Settled(const arrow::Schema& guessed, bool keeps_times) {
  columnar::Schema schema;
  for (const auto& field : guessed.fields()) {
    // A type without a place in Delta, such as a time of day, stays the text that it is.
    auto type = columnar::FromArrow(*field->type());
    schema.fields.push_back({.name = field->name(),
                             .type = type ? Settled(*std::move(type), keeps_times)
                                          : columnar::DataType{.id = TypeId::kString},
                             .nullable = true});
  }
  return schema;
}

Result<columnar::Schema> GuessCsv(std::string_view text) {
  auto convert = arrow::csv::ConvertOptions::Defaults();
  convert.null_values = {""};
  convert.strings_can_be_null = true;
  convert.quoted_strings_can_be_null = false;
  auto parse = arrow::csv::ParseOptions::Defaults();
  parse.newlines_in_values = true;
  auto read = arrow::csv::ReadOptions::Defaults();
  read.use_threads = false;
  read.block_size = static_cast<std::int32_t>(std::max<std::size_t>(text.size(), 64) + 1);
  const auto buffer =
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::string(text)));
  const auto reader = TRY(Unwrap(
      arrow::csv::TableReader::Make(arrow::io::default_io_context(), buffer, read, parse, convert),
      "the columns", ErrorKind::kInvalid));
  const auto table = TRY(Unwrap(reader->Read(), "the columns", ErrorKind::kInvalid));
  return Settled(*table->schema(), /*keeps_times=*/true);
}

Result<columnar::Schema> GuessJson(std::string text) {
  auto parse = arrow::json::ParseOptions::Defaults();
  auto read = arrow::json::ReadOptions::Defaults();
  read.use_threads = false;
  read.block_size = static_cast<std::int32_t>(std::max<std::size_t>(text.size(), 64) + 1);
  const auto buffer =
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(text)));
  const auto reader =
      TRY(Unwrap(arrow::json::TableReader::Make(arrow::default_memory_pool(), buffer, read, parse),
                 "the columns", ErrorKind::kInvalid));
  const auto table = TRY(Unwrap(reader->Read(), "the columns", ErrorKind::kInvalid));
  return Settled(*table->schema(), /*keeps_times=*/false);
}

/// The rows of a JSON document, a line each.
Result<std::string> LinesOf(std::string_view document) {
  const auto json = nlohmann::json::parse(document, nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) return json.dump() + '\n';
  if (!json.is_array()) {
    return Fail(ErrorKind::kInvalid, "neither an object nor an array of objects");
  }
  std::string lines;
  for (const auto& row : json) {
    lines += row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
  }
  return lines;
}

class TextFile final : public RowFile {
 public:
  explicit TextFile(TextFilePlace place) : place_(std::move(place)) {
    size_ = place_.file->GetSize().ValueOr(0);
  }

  Result<columnar::Schema> Schema() override {
    TRY(Fill());
    auto schema = [&] -> Result<columnar::Schema> {
      const auto whole = std::string_view(buffer_).substr(0, Whole());
      if (whole.empty()) return Fail(ErrorKind::kInvalid, "the file is empty");
      if (place_.content == ContentType::kCsv) return GuessCsv(whole);
      if (place_.content == ContentType::kNdjson) return GuessJson(std::string(whole));
      return GuessJson(TRY(LinesOf(whole)));
    }();
    if (!schema) return Annotate(std::move(schema).error(), place_.location);
    return schema;
  }

  Status Begin(const columnar::Schema& schema) override {
    ingest::UnknownMembers unknown;
    unknown.policy = ingest::UnknownMembers::Policy::kReject;
    auto decoder = ingest::Decoder::Make(schema, unknown);
    if (!decoder) return Annotate(std::move(decoder).error(), place_.location);
    decoder_ = *std::move(decoder);
    return {};
  }

  Result<std::shared_ptr<arrow::RecordBatch>> Next(const Deadline& deadline) override {
    while (batches_.empty()) {
      TRY(deadline.Check("reading " + place_.location));
      TRY(Fill());
      if (buffer_.empty()) return std::shared_ptr<arrow::RecordBatch>();
      TRY(Decode());
    }
    auto batch = std::move(batches_.front());
    batches_.pop_front();
    return batch;
  }

 private:
  bool is_csv() const { return place_.content == ContentType::kCsv; }
  bool at_end() const { return position_ == size_; }

  /// Bytes of the buffer that are whole records.
  std::size_t Whole() const {
    if (at_end() || place_.content == ContentType::kJson) return buffer_.size();
    return EndOfRecords(buffer_, is_csv());
  }

  /// Read until the buffer holds a whole record, or all that is left.
  Status Fill() {
    if (place_.content == ContentType::kJson && size_ > kDocumentBytesMax) {
      return Fail(ErrorKind::kResourceExhausted,
                  fmt::format("{}: a JSON document of {} bytes is more than the {} that are read "
                              "at once; make it NDJSON, a line a row",
                              place_.location, size_, kDocumentBytesMax));
    }
    while (!at_end() && (buffer_.empty() || Whole() == 0)) {
      if (buffer_.size() > kRecordBytesMax) {
        return Fail(ErrorKind::kInvalid,
                    fmt::format("{}: row {} is longer than {} bytes, or a quote is not closed",
                                place_.location, rows_, kRecordBytesMax));
      }
      const auto step = place_.content == ContentType::kJson ? size_ : kPieceBytes;
      const auto bytes = TRY(
          Unwrap(place_.file->ReadAt(position_, step), place_.location, ErrorKind::kCorruption));
      if (bytes->size() == 0) {
        return Fail(ErrorKind::kCorruption, place_.location + " became shorter");
      }
      buffer_.append(reinterpret_cast<const char*>(bytes->data()),
                     static_cast<std::size_t>(bytes->size()));
      position_ += bytes->size();
    }
    return {};
  }

  Status Decode() {
    const std::size_t whole = Whole();
    std::string piece = buffer_.substr(0, whole);
    buffer_.erase(0, whole);
    if (is_csv()) TakeHeader(piece);
    auto counts = decoder_->Add(place_.content, piece);
    if (!counts) return Annotate(std::move(counts).error(), place_.location);
    auto decoded = decoder_->Finish();
    if (!decoded.rejected.empty()) {
      const auto& row = decoded.rejected.front();
      return Fail(ErrorKind::kInvalid,
                  fmt::format("{}: row {}: {}", place_.location, rows_ + row.row, row.reason));
    }
    // Blank lines of NDJSON count too, as the decoder counts them.
    rows_ +=
        place_.content == ContentType::kNdjson ? std::ranges::count(piece, '\n') : counts->accepted;
    for (auto& batch : decoded.batches) batches_.push_back(std::move(batch));
    return {};
  }

  /// Every piece begins with the header, since the decoder reads each as a file of its own.
  void TakeHeader(std::string& piece) {
    if (!header_.empty()) {
      piece.insert(0, header_);
      return;
    }
    std::size_t end = 0;
    bool quoted = false;
    while (end < piece.size() && (piece[end] != '\n' || quoted)) quoted ^= piece[end++] == '"';
    header_ = piece.substr(0, end) + '\n';
  }

  const TextFilePlace place_;
  std::int64_t size_ = 0;
  std::int64_t position_ = 0;
  std::string buffer_;  // read and not decoded
  std::string header_;
  std::int64_t rows_ = 0;
  std::unique_ptr<ingest::Decoder> decoder_;
  std::deque<std::shared_ptr<arrow::RecordBatch>> batches_;
};

/// Whether a file of JSON has an object a line: many programs call that .json too.
Result<bool> IsLines(const TextFilePlace& place) {
  const auto head =
      TRY(Unwrap(place.file->ReadAt(0, kFirstLineBytes), place.location, ErrorKind::kCorruption));
  const std::string_view text(reinterpret_cast<const char*>(head->data()),
                              static_cast<std::size_t>(head->size()));
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return false;
  return nlohmann::json::parse(text.substr(0, end), nullptr, /*allow_exceptions=*/false)
      .is_object();
}

}  // namespace

Result<std::unique_ptr<RowFile>> OpenTextFile(TextFilePlace place) {
  if (place.content == ContentType::kJson && TRY(IsLines(place))) {
    place.content = ContentType::kNdjson;
  }
  return std::make_unique<TextFile>(std::move(place));
}

}  // namespace neuralake::app
