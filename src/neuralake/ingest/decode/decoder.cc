#include "neuralake/ingest/decode/decoder.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>

#include "neuralake/columnar/arrow_types.h"
#include "neuralake/ingest/decode/arrow_rows.h"
#include "neuralake/ingest/decode/csv_text.h"
#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// For each cell the child of the row that it belongs to; -1 for none.
using CellColumns = std::vector<std::ptrdiff_t>;

/// The columns that a CSV body's first line names.
Result<CellColumns> ReadHeader(const std::vector<CsvCell>& cells, const StructColumn& row,
                               bool ignore_unknown) {
  CellColumns columns;
  for (const auto& cell : cells) {
    const auto at = row.Find(cell.text);
    if (at < 0 && !ignore_unknown) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("the header names '{}', which is no column of the table", cell.text));
    }
    if (at >= 0 && std::ranges::find(columns, at) != columns.end()) {
      return Fail(ErrorKind::kInvalid, fmt::format("the header names '{}' twice", cell.text));
    }
    columns.push_back(at);
  }
  return columns;
}

Status AppendCell(const CsvCell& cell, Column& column, JsonTape& tape,
                  UnknownMembers::Policy policy) {
  if (cell.text.empty() && !cell.quoted) return column.AppendNull();
  if (column.shape() == Column::Shape::kScalar) return column.AppendText(cell.text);
  TRY(tape.Parse(cell.text));
  return AppendJsonValue(column, tape.root(), policy);
}

/// One record into one row, which the caller takes back on an error.
Status AppendRecord(const std::vector<CsvCell>& cells, const CellColumns& columns,
                    StructColumn& row, JsonTape& tape, UnknownMembers::Policy policy) {
  if (cells.size() != columns.size()) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} cells where there are {} columns", cells.size(), columns.size()));
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (columns[i] < 0) continue;
    auto& column = row.child(static_cast<std::size_t>(columns[i]));
    auto appended = AppendCell(cells[i], column, tape, policy);
    if (!appended.has_value()) {
      return Annotate(std::move(appended).error(), column.field().name);
    }
  }
  return row.Close();
}

/// `reason` up to its limit, and no part of a character at its end.
std::string Shortened(std::string reason) {
  if (reason.size() <= kReasonBytesMax) return reason;
  auto end = kReasonBytesMax;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0) == 0x80) --end;
  reason.resize(end);
  return reason + "…";
}

/// What a row of `fields` takes in their columns at least: a value, or the end of one, and whether
/// it is there.
std::uint64_t RowBytes(std::span<const columnar::Field> fields) {
  std::uint64_t bytes = 1;
  for (const auto& field : fields) {
    const bool is_struct = field.type.id == columnar::TypeId::kStruct;
    bytes += is_struct ? RowBytes(field.type.children) : sizeof(std::int64_t) + 1;
  }
  return bytes;
}

CellColumns AllColumns(const StructColumn& row) {
  CellColumns columns(row.count());
  std::iota(columns.begin(), columns.end(), 0);
  return columns;
}

}  // namespace

Result<ContentType> ParseContentType(std::string_view header) {
  std::string text;
  for (const char c : header) {
    if (c != ' ' && c != '\t') text.push_back(static_cast<char>(std::tolower(c)));
  }
  const auto name = text.substr(0, text.find(';'));
  if (const auto at = text.find(";charset="); at != std::string::npos) {
    auto charset = text.substr(at + std::strlen(";charset="));
    charset.resize(std::min(charset.find(';'), charset.size()));
    std::erase(charset, '"');
    if (charset != "utf-8" && charset != "utf8" && charset != "us-ascii") {
      return Fail(ErrorKind::kUnsupported,
                  fmt::format("charset '{}' is not read; send UTF-8", charset));
    }
  }
  if (name == "application/json") return ContentType::kJson;
  if (name == "application/x-ndjson" || name == "application/ndjson" ||
      name == "application/jsonl" || name == "application/x-jsonlines") {
    return ContentType::kNdjson;
  }
  if (name == "text/csv") {
    return text.contains("header=absent") ? ContentType::kCsvNoHeader : ContentType::kCsv;
  }
  if (name == "application/vnd.apache.arrow.stream") return ContentType::kArrow;
  return Fail(ErrorKind::kUnsupported,
              fmt::format("content type '{}' is not read; application/json, application/x-ndjson, "
                          "text/csv and application/vnd.apache.arrow.stream are",
                          name));
}

Result<std::unique_ptr<Decoder>> Decoder::Make(const columnar::Schema& schema,
                                               const UnknownMembers& unknown) {
  columnar::Field root{.name = "row",
                       .type = {.id = columnar::TypeId::kStruct, .children = schema.fields},
                       .nullable = false};
  auto row = TRY(StructColumn::Make(root));
  if (unknown.policy == UnknownMembers::Policy::kCollect) {
    const auto* column = schema.Find(unknown.column);
    if (column == nullptr || column->type.id != columnar::TypeId::kString) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("'{}', where unknown members go, is no string column of the table",
                              unknown.column));
    }
  }
  return std::unique_ptr<Decoder>(new Decoder(std::move(row), schema, unknown));
}

Decoder::Decoder(std::unique_ptr<StructColumn> row, const columnar::Schema& schema,
                 const UnknownMembers& unknown)
    : row_(std::move(row)),
      json_(*row_, unknown),
      arrow_(
          std::make_unique<ArrowRows>(schema, unknown.policy == UnknownMembers::Policy::kIgnore)),
      policy_(unknown.policy),
      schema_(columnar::ToArrow(schema)),
      row_bytes_(RowBytes(schema.fields)) {}

Decoder::~Decoder() = default;

void Decoder::AddRejected(std::string reason, std::string_view body, std::int64_t origin) {
  origin_ = origin;
  Reject(0, std::move(reason), body);
}

Result<RowCounts> Decoder::Add(ContentType type, std::string_view body, std::int64_t origin) {
  origin_ = origin;
  // Its batches stand behind the rows of the bodies before.
  if (type == ContentType::kArrow) Flush();
  const auto rows_before = rows();
  const auto length_before = row_->length();
  const auto rejected_before = decoded_.rejected.size();
  const auto bytes_before = decoded_.bytes;
  size_before_ = bytes();
  if (auto added = AddBody(type, body); !added.has_value()) {
    row_->Truncate(length_before);
    decoded_.rejected.resize(rejected_before);
    decoded_.bytes = bytes_before;
    return std::unexpected(std::move(added).error());
  }
  return RowCounts{rows() - rows_before,
                   static_cast<std::int64_t>(decoded_.rejected.size() - rejected_before)};
}

Status Decoder::AddBody(ContentType type, std::string_view body) {
  if (type != ContentType::kArrow && body.starts_with(kByteOrderMark)) body.remove_prefix(3);
  switch (type) {
    case ContentType::kJson:
      return AddJson(body);
    case ContentType::kNdjson:
      return AddNdjson(body);
    case ContentType::kCsv:
    case ContentType::kCsvNoHeader:
      return AddCsv(body, type == ContentType::kCsv);
    case ContentType::kArrow:
      return AddArrow(body);
  }
  return {};
}

/// Refuse a body whose rows have become too large, also by what they lack: a missing member takes
/// as much as one that is there.
Status Decoder::CheckSize() const {
  if (bytes() - size_before_ > static_cast<std::uint64_t>(kDecodedBytesMax)) return BodyTooLarge();
  return {};
}

std::int64_t Decoder::rows() const {
  return decoded_.rows + static_cast<std::int64_t>(row_->length());
}

std::uint64_t Decoder::bytes() const { return decoded_.bytes + row_->length() * row_bytes_; }

std::uint64_t Decoder::Estimate(ContentType type, std::string_view body) const {
  constexpr auto kMost = static_cast<std::uint64_t>(kDecodedBytesMax);
  // Compression and dictionaries: its size says nothing.
  if (type == ContentType::kArrow) return kMost;
  // A line of one character is a row, of missing members or with a reason why it does not fit.
  constexpr std::uint64_t kShortestRow = 2;
  const auto row = std::max<std::uint64_t>(row_bytes_, sizeof(RejectedRow) + kReasonBytesMax);
  return std::min(kMost, body.size() * (row / kShortestRow + 1));
}

Decoded Decoder::Finish() {
  Flush();
  return std::exchange(decoded_, {});
}

/// Make a batch of the rows that the columns hold.
void Decoder::Flush() {
  const auto rows = static_cast<std::int64_t>(row_->length());
  if (rows == 0) return;
  const auto array = row_->Finish(arrow::struct_(schema_->fields()));
  auto columns = static_cast<const arrow::StructArray&>(*array).fields();
  decoded_.batches.push_back(arrow::RecordBatch::Make(schema_, rows, std::move(columns)));
  decoded_.rows += rows;
  decoded_.bytes += static_cast<std::uint64_t>(arrow::util::TotalBufferSize(*array));
}

void Decoder::Reject(std::int64_t row, std::string reason, std::string_view payload) {
  reason = Shortened(std::move(reason));
  decoded_.bytes += sizeof(RejectedRow) + reason.size() + payload.size();
  decoded_.rejected.push_back({origin_, row, std::move(reason), std::string(payload)});
}

Status Decoder::AddJson(std::string_view body) {
  TRY(tape_.Parse(body));
  std::int64_t row = 0;
  const auto add = [&](const JsonValue& value) {
    auto added = json_.Append(value);
    if (!added.has_value()) Reject(row, std::move(added).error().message, value.ToString());
    ++row;
    return CheckSize();
  };
  switch (tape_.root().kind()) {
    case JsonKind::kObject:
      return add(tape_.root());
    case JsonKind::kArray:
      return tape_.root().ForEachElement(add);
    default:
      return Fail(ErrorKind::kInvalid, "neither an object nor an array of objects");
  }
}

Status Decoder::AddNdjson(std::string_view body) {
  for (std::int64_t row = 0; !body.empty(); ++row) {
    const auto end = std::min(body.find('\n'), body.size());
    auto line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto added = tape_.Parse(line);
    if (added.has_value()) added = json_.Append(tape_.root());
    if (!added.has_value()) Reject(row, std::move(added).error().message, line);
    TRY(CheckSize());
  }
  return {};
}

Status Decoder::AddCsv(std::string_view body, bool header) {
  CsvText csv(body);
  auto columns = AllColumns(*row_);
  if (header) {
    if (!csv.Next()) return Fail(ErrorKind::kInvalid, "the header line is missing");
    columns = TRY(ReadHeader(*TRY(csv.Cells()), *row_, policy_ == UnknownMembers::Policy::kIgnore));
  }
  for (std::int64_t row = 0; csv.Next(); ++row) {
    const auto length = row_->length();
    auto added = [&] -> Status {
      return AppendRecord(*TRY(csv.Cells()), columns, *row_, tape_, policy_);
    }();
    if (!added.has_value()) {
      row_->Truncate(length);
      Reject(row, std::move(added).error().message, csv.record());
    }
    TRY(CheckSize());
  }
  return {};
}

Status Decoder::AddArrow(std::string_view body) {
  auto batches =
      TRY(arrow_->Read(body, [&](std::int64_t row, std::string reason, const std::string& payload) {
        Reject(row, std::move(reason), payload);
        return Status{};
      }));
  for (auto& batch : batches) {
    decoded_.rows += batch->num_rows();
    decoded_.bytes += static_cast<std::uint64_t>(arrow::util::TotalBufferSize(*batch));
    decoded_.batches.push_back(std::move(batch));
  }
  return {};
}

}  // namespace neuralake::ingest
