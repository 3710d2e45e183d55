#include "answer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <arrow/record_batch.h>
#include <unistd.h>

#include "neuralake/serve/format/cells.h"
#include "neuralake/serve/format/encoder.h"

namespace neuralake::app {
namespace {

/// A file that takes the bytes of an answer.
class Sink {
 public:
  explicit Sink(std::FILE* file) : file_(file) {}

  Status Write(std::string& bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
      return Fail(errno == ENOSPC ? ErrorKind::kResourceExhausted : ErrorKind::kUnavailable,
                  std::string("cannot write the answer: ") + std::strerror(errno));
    }
    bytes.clear();
    return {};
  }

 private:
  std::FILE* file_;
};

/// The number of rows that were written.
Result<std::int64_t> Encode(engine::RowStream& stream, serve::Format format, Sink sink) {
  const auto encoder = serve::MakeEncoder(format);
  std::string bytes;
  std::int64_t rows = 0;
  TRY(encoder->Begin({stream.columns(), stream.arrow_schema(), ""}, bytes));
  while (auto batch = TRY(stream.Next())) {
    TRY(encoder->Add(*batch, bytes));
    rows += batch->num_rows();
    TRY(sink.Write(bytes));
  }
  serve::AnswerTail tail;
  tail.truncated = stream.truncated();
  tail.versions = stream.versions();
  tail.rows_changed = stream.rows_changed();
  TRY(encoder->End(tail, bytes));
  TRY(sink.Write(bytes));
  return rows;
}

using Rows = std::vector<std::vector<std::string>>;

Status AppendRows(const arrow::RecordBatch& batch, Rows& rows) {
  const auto cells = TRY(serve::MakeCells(batch, serve::Notation::kText));
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    std::vector<std::string> texts;
    for (const auto& cell : cells) {
      std::string text;
      if (cell->IsNull(row)) {
        text = "NULL";
      } else {
        cell->Append(row, text);
      }
      texts.push_back(std::move(text));
    }
    rows.push_back(std::move(texts));
  }
  return {};
}

// Characters, not bytes: columns line up for texts beyond ASCII too.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void AppendLine(const std::vector<std::string>& texts, const std::vector<std::size_t>& widths,
                std::string& out) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += " | ";
    out += texts[i];
    if (i + 1 < texts.size()) out.append(widths[i] - Width(texts[i]), ' ');
  }
  out += '\n';
}

Status PrintTable(engine::RowStream& stream) {
  Rows rows;
  std::vector<std::string> names;
  for (const auto& field : stream.columns().fields) names.push_back(field.name);
  while (auto batch = TRY(stream.Next())) TRY(AppendRows(*batch, rows));
  if (const auto changed = stream.rows_changed()) {
    std::printf("%s %lld\n", stream.command_tag().c_str(), static_cast<long long>(*changed));
    return {};
  }
  std::vector<std::size_t> widths;
  for (const auto& name : names) widths.push_back(Width(name));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string out;
  AppendLine(names, widths, out);
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) out += "-+-";
    out.append(widths[i], '-');
  }
  out += '\n';
  for (const auto& row : rows) AppendLine(row, widths, out);
  out += "(" + std::to_string(rows.size()) + (rows.size() == 1 ? " row" : " rows") +
         (stream.truncated() ? ", more were cut off)\n" : ")\n");
  return Sink(stdout).Write(out);
}

}  // namespace

std::vector<std::string> FormatNames() {
  return {"table", "csv", "json", "ndjson", "arrow", "parquet"};
}

Status PrintAnswer(engine::RowStream& stream, const std::string& format) {
  if (format == "table") return PrintTable(stream);
  TRY(Encode(stream, TRY(serve::ParseFormat(format)), Sink(stdout)));
  return {};
}

Result<std::string> FormatOfFile(const std::string& path) {
  static constexpr std::array kNames = {"parquet", "arrow", "csv", "ndjson"};
  for (const char* name : kNames) {
    if (path.ends_with(std::string(".") + name)) return std::string(name);
  }
  // As others read them: what an answer of the service says around its rows has no place in a file.
  if (path.ends_with(".json") || path.ends_with(".jsonl")) return "ndjson";
  return Fail(ErrorKind::kInvalid,
              "cannot tell the format of " + path +
                  ": its name must end in .parquet, .arrow, .csv, .ndjson, .jsonl or .json");
}

Result<std::int64_t> SaveAnswer(engine::RowStream& stream, const std::string& path) {
  const auto format = TRY(serve::ParseFormat(TRY(FormatOfFile(path))));
  const std::string draft = path + ".part";
  std::FILE* file = std::fopen(draft.c_str(), "wb");
  if (file == nullptr) {
    return Fail(ErrorKind::kInvalid, "cannot write " + path + ": " + std::strerror(errno));
  }
  auto done = Encode(stream, format, Sink(file));
  if (std::fclose(file) != 0 && done.has_value()) {
    done =
        Fail(ErrorKind::kResourceExhausted, "cannot write " + path + ": " + std::strerror(errno));
  }
  if (done.has_value() && std::rename(draft.c_str(), path.c_str()) != 0) {
    done = Fail(ErrorKind::kInvalid, "cannot write " + path + ": " + std::strerror(errno));
  }
  if (!done.has_value()) ::unlink(draft.c_str());
  return done;
}

}  // namespace neuralake::app
