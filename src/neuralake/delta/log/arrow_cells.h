#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/array.h>

#include "neuralake/base/error.h"

namespace neuralake::delta {

/// A column of texts, whatever layout the file gave it. Borrows the array.
class TextCells {
 public:
  TextCells() = default;
  /// \param array  null: every cell is null
  /// \errors kCorruption  not a column of texts; `name` names it
  static Result<TextCells> Make(const arrow::Array* array, std::string_view name);

  std::optional<std::string_view> Get(std::int64_t row) const;

 private:
  enum class Layout : std::uint8_t { kNone, kSmall, kLarge, kView, kDictionary };

  const arrow::Array* array_ = nullptr;
  Layout layout_ = Layout::kNone;
  std::shared_ptr<TextCells> dictionary_;
};

/// A column of integers of any width. Borrows the array.
class IntegerCells {
 public:
  IntegerCells() = default;
  static Result<IntegerCells> Make(const arrow::Array* array, std::string_view name);

  std::optional<std::int64_t> Get(std::int64_t row) const;

 private:
  const arrow::Array* array_ = nullptr;
  int bytes_ = 0;
};

/// A column of booleans. Borrows the array.
class BoolCells {
 public:
  BoolCells() = default;
  static Result<BoolCells> Make(const arrow::Array* array, std::string_view name);

  std::optional<bool> Get(std::int64_t row) const;

 private:
  const arrow::BooleanArray* array_ = nullptr;
};

/// A column of maps from text to text. Borrows the array.
class MapCells {
 public:
  MapCells() = default;
  static Result<MapCells> Make(const arrow::Array* array, std::string_view name);

  bool IsNull(std::int64_t row) const { return array_ == nullptr || array_->IsNull(row); }

  /// Call `visit(key, value)` for each entry of `row`; entries without a key are passed over.
  template <class Visit>
  void ForEach(std::int64_t row, Visit visit) const {
    if (IsNull(row)) return;
    const std::int64_t begin = array_->value_offset(row);
    for (std::int64_t i = begin; i < begin + array_->value_length(row); ++i) {
      if (const auto key = keys_.Get(i)) visit(*key, values_.Get(i));
    }
  }

 private:
  const arrow::MapArray* array_ = nullptr;
  TextCells keys_;
  TextCells values_;
};

/// A column of lists of texts. Borrows the array.
class ListCells {
 public:
  ListCells() = default;
  static Result<ListCells> Make(const arrow::Array* array, std::string_view name);

  std::optional<std::vector<std::string>> Get(std::int64_t row) const;

 private:
  const arrow::ListArray* array_ = nullptr;
  TextCells values_;
};

/// The column of structs `array` with its members by name. Borrows the array.
class StructCells {
 public:
  StructCells() = default;
  static Result<StructCells> Make(const arrow::Array* array, std::string_view name);

  bool IsNull(std::int64_t row) const { return array_ == nullptr || array_->IsNull(row); }
  const arrow::StructArray* array() const { return array_; }
  /// The member `name`; null when there is none.
  const arrow::Array* Member(std::string_view name) const;

 private:
  const arrow::StructArray* array_ = nullptr;
};

}  // namespace neuralake::delta
