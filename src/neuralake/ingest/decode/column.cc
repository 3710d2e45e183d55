#include "neuralake/ingest/decode/column.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/data.h>
#include <arrow/buffer.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "neuralake/base/check.h"
#include "neuralake/base/words.h"
#include "neuralake/ingest/decode/scalar_columns.h"
#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

std::shared_ptr<arrow::Buffer> Validity(std::string valid) {
  if (valid.empty()) return nullptr;
  return arrow::Buffer::FromString(std::move(valid));
}

}  // namespace

Result<std::unique_ptr<Column>> Column::Make(const columnar::Field& field) {
  switch (field.type.id) {
    case columnar::TypeId::kStruct:
      return TRY(StructColumn::Make(field));
    case columnar::TypeId::kArray:
    case columnar::TypeId::kMap:
      return TRY(ListColumn::Make(field));
    default:
      return MakeScalarColumn(field);
  }
}

std::unexpected<Error> Column::Unfit(std::string_view text) const {
  const bool cut = text.size() > kReasonTextMax;
  return Fail(ErrorKind::kInvalid, fmt::format("'{}{}' is no {}", text.substr(0, kReasonTextMax),
                                               cut ? "…" : "", columnar::FormatType(field_.type)));
}

Status Column::AppendText(std::string_view text) { return Unfit(text); }
Status Column::AppendNumber(std::string_view text) { return Unfit(text); }
Status Column::AppendBoolean(bool value) { return Unfit(value ? "true" : "false"); }

Status Column::AppendNull() {
  if (!field_.nullable) return Fail(ErrorKind::kInvalid, "it must not be null");
  AppendBlank();
  return {};
}

void Column::AppendBlank() {
  Blank();
  valid_.push_back(field_.nullable ? 0 : 1);
}

void Column::Truncate(std::size_t length) {
  Cut(length);
  if (valid_.size() > length) valid_.resize(length);
}

std::shared_ptr<arrow::Array> Column::Finish(const std::shared_ptr<arrow::DataType>& type) {
  const auto valid = std::exchange(valid_, {});
  const auto nulls = std::ranges::count(valid, std::uint8_t{0});
  std::string bits;
  if (nulls > 0) {
    bits.resize((valid.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < valid.size(); ++i) {
      if (valid[i] != 0) bits[i / 8] = static_cast<char>(bits[i / 8] | (1 << (i % 8)));
    }
  }
  return Take(type, std::move(bits), nulls);
}

Result<std::unique_ptr<StructColumn>> StructColumn::Make(const columnar::Field& field) {
  auto column = std::make_unique<StructColumn>(field);
  for (const auto& child : field.type.children) {
    column->children_.push_back(TRY(Column::Make(child)));
  }
  for (std::size_t i = 0; i < column->count(); ++i) {
    column->names_.emplace(column->child(i).field().name, i);
  }
  return column;
}

std::ptrdiff_t StructColumn::Find(std::string_view name) const {
  if (const auto found = names_.find(name); found != names_.end()) {
    return static_cast<std::ptrdiff_t>(found->second);
  }
  const auto folded = Folded(name);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (Folded(children_[i]->field().name) == folded) return static_cast<std::ptrdiff_t>(i);
  }
  return -1;
}

Status StructColumn::Close() {
  for (auto& child : children_) {
    if (child->length() > length()) continue;
    if (!child->field().nullable) {
      return Fail(ErrorKind::kInvalid,
                  child->field().name + " is missing, and it must not be null");
    }
    TRY(child->AppendNull());
  }
  return Valid();
}

std::shared_ptr<arrow::Array> StructColumn::Take(const std::shared_ptr<arrow::DataType>& type,
                                                 std::string valid, std::int64_t nulls) {
  std::vector<std::shared_ptr<arrow::ArrayData>> children;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    auto child = children_[i]->Finish(type->field(static_cast<int>(i))->type());
    count = child->length();
    children.push_back(child->data());
  }
  return arrow::MakeArray(arrow::ArrayData::Make(type, count, {Validity(std::move(valid))},
                                                 std::move(children), nulls));
}

void StructColumn::Cut(std::size_t length) {
  for (auto& child : children_) child->Truncate(length);
}

void StructColumn::Blank() {
  for (auto& child : children_) child->AppendBlank();
}

Result<std::unique_ptr<ListColumn>> ListColumn::Make(const columnar::Field& field) {
  const bool map = field.type.id == columnar::TypeId::kMap;
  NL_CHECK(field.type.children.size() == (map ? 2U : 1U));
  auto column = std::make_unique<ListColumn>(field, map ? Shape::kMap : Shape::kArray);
  for (const auto& child : field.type.children) {
    column->children_.push_back(TRY(Column::Make(child)));
  }
  return column;
}

Status ListColumn::Close() {
  ends_.push_back(static_cast<std::int32_t>(children_[0]->length()));
  return Valid();
}

std::shared_ptr<arrow::Array> ListColumn::Take(const std::shared_ptr<arrow::DataType>& type,
                                               std::string valid, std::int64_t nulls) {
  const auto count = static_cast<std::int64_t>(ends_.size());
  ends_.insert(ends_.begin(), 0);
  auto offsets = arrow::Buffer::FromVector(std::exchange(ends_, {}));
  const auto inner = type->field(0)->type();
  std::shared_ptr<arrow::ArrayData> child;
  if (shape() == Shape::kMap) {
    auto key = children_[0]->Finish(inner->field(0)->type());
    auto value = children_[1]->Finish(inner->field(1)->type());
    child =
        arrow::ArrayData::Make(inner, key->length(), {nullptr}, {key->data(), value->data()}, 0);
  } else {
    child = children_[0]->Finish(inner)->data();
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, count, {Validity(std::move(valid)), std::move(offsets)}, {std::move(child)}, nulls));
}

void ListColumn::Cut(std::size_t length) {
  if (ends_.size() > length) ends_.resize(length);
  const auto end = ends_.empty() ? 0 : static_cast<std::size_t>(ends_.back());
  for (auto& child : children_) child->Truncate(end);
}

void ListColumn::Blank() { ends_.push_back(ends_.empty() ? 0 : ends_.back()); }

}  // namespace neuralake::ingest
