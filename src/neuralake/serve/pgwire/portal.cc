#include "neuralake/serve/pgwire/portal.h"

#include <algorithm>
#include <array>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/serve/format/postgres_time.h"
#include "neuralake/serve/limits.h"
#include "neuralake/serve/pgvalue/binary.h"
#include "neuralake/serve/pgvalue/types.h"
#include "neuralake/serve/pgwire/messages.h"

namespace neuralake::serve {
namespace {

constexpr std::string_view kOutOfRange = "22008";

bool IsAsTold(const PgColumn& column, const PgColumn& told) {
  const bool as_wide = told.type_modifier == -1 || column.type_modifier == told.type_modifier;
  return column.name == told.name && column.type == told.type && as_wide;
}

}  // namespace

bool ReturnsRows(std::string_view tag) {
  constexpr std::array<std::string_view, 6> kCounting = {"INSERT", "UPDATE", "DELETE",
                                                         "MERGE",  "CREATE", "COPY"};
  return std::ranges::find(kCounting, tag.substr(0, tag.find(' '))) == kCounting.end();
}

Portal::Portal(std::shared_ptr<query::Run> run, RewrittenText text,
               std::vector<std::int16_t> formats, std::optional<std::vector<PgColumn>> told)
    : run_(std::move(run)),
      text_(std::move(text)),
      formats_(std::move(formats)),
      told_(std::move(told)) {}

Portal::Part Portal::Describe() {
  Part part;
  Status status = Start();
  told_.reset();
  if (status) status = AppendDescription(part.bytes);
  return status ? part : Finish(std::move(part), status);
}

Portal::Part Portal::Fill(std::uint64_t rows_max, bool describe) {
  Part part;
  Status status = Start();
  if (status) status = CheckTold();
  if (status && describe && returns_rows_) status = AppendDescription(part.bytes);
  if (status) status = AppendRows(rows_max, part);
  run_->AddBytes(part.bytes.size());
  return Finish(std::move(part), status);
}

Portal::Part Portal::Describe(std::vector<std::int16_t> formats) {
  const Status status = UseFormats(std::move(formats));
  return status ? Describe() : Finish({}, status);
}

Portal::Part Portal::Fill(std::uint64_t rows_max, bool describe,
                          std::vector<std::int16_t> formats) {
  const Status status = UseFormats(std::move(formats));
  return status ? Fill(rows_max, describe) : Finish({}, status);
}

void Portal::Close(Status outcome) { run_->Close(std::move(outcome)); }

Status Portal::Start() {
  if (started_) return {};
  TRY(run_->Start());
  started_ = true;
  const auto& stream = run_->stream();
  returns_rows_ = ReturnsRows(stream.command_tag());
  for (const auto& field : stream.columns().fields) columns_.push_back(ToPgColumn(field, 0));
  return UseFormats(std::move(formats_));
}

Status Portal::CheckTold() {
  const auto told = std::exchange(told_, std::nullopt);
  if (!told || !returns_rows_ || std::ranges::equal(columns_, *told, IsAsTold)) return {};
  return Fail(ErrorKind::kUnsupported, std::string(kPlanChanged));
}

Status Portal::UseFormats(std::vector<std::int16_t> formats) {
  formats_ = std::move(formats);
  if (!started_) return {};
  if (formats_.size() > 1 && formats_.size() != columns_.size()) {
    return Fail(ErrorKind::kInvalid, fmt::format("protocol violation: {} formats for {} columns",
                                                 formats_.size(), columns_.size()));
  }
  bool changed = false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::int16_t before = std::exchange(columns_[i].format, FormatAt(formats_, i));
    changed = changed || before != columns_[i].format;
  }
  return changed && batch_ != nullptr ? MakeCellsOfBatch() : Status();
}

Status Portal::AppendDescription(std::string& out) const {
  PgWriter writer(out);
  if (returns_rows_) {
    writer.RowDescription(columns_);
  } else {
    writer.NoData();
  }
  return {};
}

Status Portal::AppendRows(std::uint64_t rows_max, Part& part) {
  const Deadline enough = Deadline::After(kPartTimeMax, {}, run_->deadline().clock());
  PgWriter writer(part.bytes);
  std::uint64_t given = 0;
  while (part.bytes.size() < kPartBytes) {
    if (batch_ == nullptr || row_ == batch_->num_rows()) {
      if (given > 0 && enough.Expired()) return {};
      TRY(NextBatch());
      if (ended_) return {};
      if (batch_->num_rows() == 0 || !returns_rows_) {
        row_ = batch_->num_rows();
        continue;
      }
    }
    AppendRow(writer, part.bytes);
    part.rows = ++given;
    ++rows_given_;
    // Before the part may be full: who asks for the rest would ask for no rows, which means all.
    if (given == rows_max) {
      part.suspended = true;
      return {};
    }
  }
  return {};
}

Status Portal::NextBatch() {
  batch_ = TRY(run_->Next());
  row_ = 0;
  ended_ = batch_ == nullptr;
  if (!ended_) return MakeCellsOfBatch();
  cells_.clear();
  return {};
}

Status Portal::MakeCellsOfBatch() {
  cells_.clear();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& column = *batch_->column(static_cast<int>(i));
    if (const Status held = CheckPostgresRange(column); !held) {
      return Coded(std::unexpected(held.error()), kOutOfRange);
    }
    cells_.push_back(columns_[i].format == 0 ? TRY(MakeCells(column, Notation::kPostgres))
                                             : TRY(MakeBinaryCells(column)));
  }
  return {};
}

void Portal::AppendRow(PgWriter& writer, std::string& out) {
  const std::size_t message = writer.BeginMessage('D');
  writer.Int16(static_cast<std::int16_t>(cells_.size()));
  for (const auto& cells : cells_) {
    if (cells->IsNull(row_)) {
      writer.Int32(-1);
      continue;
    }
    // A value counts its bytes without those of the count; a message includes them.
    const std::size_t mark = out.size();
    writer.Int32(0);
    cells->Append(row_, out);
    writer.FillLength(mark, out.size() - mark - 4);
  }
  writer.EndMessage(message);
  ++row_;
}

Portal::Part Portal::Finish(Part part, const Status& status) {
  if (!status) {
    part.failure = status.error();
    part.failure->position = text_.Original(part.failure->position);
    run_->Close(status);
  } else if (ended_) {
    part.finished = true;
    part.tag = Tag();
    part.truncated = run_->stream().truncated();
    batch_ = nullptr;
    cells_.clear();
    run_->Close();
  }
  return part;
}

std::string Portal::Tag() const {
  const auto& stream = run_->stream();
  const std::string& tag = stream.command_tag();
  if (tag == "SELECT" || tag == "VALUES") return fmt::format("SELECT {}", rows_given_);
  if (tag == "INSERT") return fmt::format("INSERT 0 {}", stream.rows_changed().value_or(0));
  if (!returns_rows_ && stream.rows_changed()) {
    return fmt::format("{} {}", tag, *stream.rows_changed());
  }
  return tag;
}

}  // namespace neuralake::serve
