#include "neuralake/delta/log/arrow_cells.h"

#include <vector>

#include <fmt/format.h>

namespace neuralake::delta {
namespace {

std::unexpected<Error> WrongType(const arrow::Array& array, std::string_view name,
                                 std::string_view wanted) {
  return Fail(ErrorKind::kCorruption, fmt::format("column {} is of type {}, not {}", name,
                                                  array.type()->ToString(), wanted));
}

bool IsAllNull(const arrow::Array* array) {
  return array == nullptr || array->type_id() == arrow::Type::NA;
}

}  // namespace

Result<TextCells> TextCells::Make(const arrow::Array* array, std::string_view name) {
  TextCells cells;
  if (IsAllNull(array)) return cells;
  cells.array_ = array;
  switch (array->type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      cells.layout_ = Layout::kSmall;
      return cells;
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      cells.layout_ = Layout::kLarge;
      return cells;
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      cells.layout_ = Layout::kView;
      return cells;
    case arrow::Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(*array);
      if (coded.dictionary()->type_id() == arrow::Type::DICTIONARY) break;
      cells.layout_ = Layout::kDictionary;
      cells.dictionary_ =
          std::make_shared<TextCells>(TRY(TextCells::Make(coded.dictionary().get(), name)));
      return cells;
    }
    default:
      break;
  }
  return WrongType(*array, name, "text");
}

std::optional<std::string_view> TextCells::Get(std::int64_t row) const {
  if (array_ == nullptr || array_->IsNull(row)) return std::nullopt;
  switch (layout_) {
    case Layout::kSmall:
      return static_cast<const arrow::BinaryArray*>(array_)->GetView(row);
    case Layout::kLarge:
      return static_cast<const arrow::LargeBinaryArray*>(array_)->GetView(row);
    case Layout::kView:
      return static_cast<const arrow::BinaryViewArray*>(array_)->GetView(row);
    case Layout::kDictionary:
      return dictionary_->Get(
          static_cast<const arrow::DictionaryArray*>(array_)->GetValueIndex(row));
    case Layout::kNone:
      break;
  }
  return std::nullopt;
}

Result<IntegerCells> IntegerCells::Make(const arrow::Array* array, std::string_view name) {
  IntegerCells cells;
  if (IsAllNull(array)) return cells;
  cells.array_ = array;
  switch (array->type_id()) {
    case arrow::Type::INT8:
      cells.bytes_ = 1;
      return cells;
    case arrow::Type::INT16:
      cells.bytes_ = 2;
      return cells;
    case arrow::Type::INT32:
      cells.bytes_ = 4;
      return cells;
    case arrow::Type::INT64:
      cells.bytes_ = 8;
      return cells;
    default:
      return WrongType(*array, name, "an integer");
  }
}

std::optional<std::int64_t> IntegerCells::Get(std::int64_t row) const {
  if (array_ == nullptr || array_->IsNull(row)) return std::nullopt;
  switch (bytes_) {
    case 1:
      return static_cast<const arrow::Int8Array*>(array_)->Value(row);
    case 2:
      return static_cast<const arrow::Int16Array*>(array_)->Value(row);
    case 4:
      return static_cast<const arrow::Int32Array*>(array_)->Value(row);
    default:
      return static_cast<const arrow::Int64Array*>(array_)->Value(row);
  }
}

Result<BoolCells> BoolCells::Make(const arrow::Array* array, std::string_view name) {
  BoolCells cells;
  if (IsAllNull(array)) return cells;
  if (array->type_id() != arrow::Type::BOOL) return WrongType(*array, name, "boolean");
  cells.array_ = static_cast<const arrow::BooleanArray*>(array);
  return cells;
}

std::optional<bool> BoolCells::Get(std::int64_t row) const {
  if (array_ == nullptr || array_->IsNull(row)) return std::nullopt;
  return array_->Value(row);
}

Result<MapCells> MapCells::Make(const arrow::Array* array, std::string_view name) {
  MapCells cells;
  if (IsAllNull(array)) return cells;
  if (array->type_id() != arrow::Type::MAP) return WrongType(*array, name, "a map");
  cells.array_ = static_cast<const arrow::MapArray*>(array);
  cells.keys_ = TRY(TextCells::Make(cells.array_->keys().get(), name));
  cells.values_ = TRY(TextCells::Make(cells.array_->items().get(), name));
  return cells;
}

Result<ListCells> ListCells::Make(const arrow::Array* array, std::string_view name) {
  ListCells cells;
  if (IsAllNull(array)) return cells;
  if (array->type_id() != arrow::Type::LIST) return WrongType(*array, name, "a list");
  cells.array_ = static_cast<const arrow::ListArray*>(array);
  cells.values_ = TRY(TextCells::Make(cells.array_->values().get(), name));
  return cells;
}

std::optional<std::vector<std::string>> ListCells::Get(std::int64_t row) const {
  if (array_ == nullptr || array_->IsNull(row)) return std::nullopt;
  std::vector<std::string> texts;
  const std::int64_t begin = array_->value_offset(row);
  for (std::int64_t i = begin; i < begin + array_->value_length(row); ++i) {
    if (const auto text = values_.Get(i)) texts.emplace_back(*text);
  }
  return texts;
}

Result<StructCells> StructCells::Make(const arrow::Array* array, std::string_view name) {
  StructCells cells;
  if (IsAllNull(array)) return cells;
  if (array->type_id() != arrow::Type::STRUCT) return WrongType(*array, name, "a struct");
  cells.array_ = static_cast<const arrow::StructArray*>(array);
  return cells;
}

const arrow::Array* StructCells::Member(std::string_view name) const {
  if (array_ == nullptr) return nullptr;
  const int index = array_->struct_type()->GetFieldIndex(std::string(name));
  // The struct owns its members, so that a plain pointer stays good as long as it does.
  return index < 0 ? nullptr : array_->field(index).get();
}

}  // namespace neuralake::delta
