#include "neuralake/ingest/decode/scalar_columns.h"

#include <cstring>
#include <type_traits>

#include <arrow/array.h>
#include <arrow/array/data.h>
#include <arrow/buffer.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "neuralake/columnar/decimal_text.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/ingest/decode/text_values.h"
#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

using columnar::TypeId;

std::shared_ptr<arrow::Buffer> Validity(std::string valid) {
  if (valid.empty()) return nullptr;
  return arrow::Buffer::FromString(std::move(valid));
}

/// Values of one width, kept as they stand in Arrow's buffer.
template <class T>
class FixedColumn : public Column {
 public:
  using Column::Column;

 protected:
  Status Put(T value) {
    values_.push_back(value);
    return Valid();
  }
  /// One that the text may not have given.
  template <class V>
  Status PutParsed(const std::optional<V>& value, std::string_view text) {
    if (!value.has_value()) return Unfit(text);
    return Put(static_cast<T>(*value));
  }
  std::shared_ptr<arrow::Array> Take(const std::shared_ptr<arrow::DataType>& type,
                                     std::string valid, std::int64_t nulls) override {
    const auto count = static_cast<std::int64_t>(values_.size());
    auto buffer = arrow::Buffer::FromVector(std::exchange(values_, {}));
    return arrow::MakeArray(arrow::ArrayData::Make(
        type, count, {Validity(std::move(valid)), std::move(buffer)}, nulls));
  }
  void Cut(std::size_t length) override { values_.resize(length); }
  void Blank() override { values_.emplace_back(); }

  std::vector<T> values_;
};

class BooleanColumn final : public FixedColumn<std::uint8_t> {
 public:
  using FixedColumn::FixedColumn;
  Status AppendBoolean(bool value) override { return Put(value ? 1 : 0); }
  Status AppendText(std::string_view text) override {
    if (text == "true") return Put(1);
    if (text == "false") return Put(0);
    return Unfit(text);
  }

 protected:
  std::shared_ptr<arrow::Array> Take(const std::shared_ptr<arrow::DataType>& type,
                                     std::string valid, std::int64_t nulls) override {
    std::string bits((values_.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] != 0) bits[i / 8] = static_cast<char>(bits[i / 8] | (1 << (i % 8)));
    }
    const auto count = static_cast<std::int64_t>(std::exchange(values_, {}).size());
    return arrow::MakeArray(arrow::ArrayData::Make(
        type, count, {Validity(std::move(valid)), arrow::Buffer::FromString(std::move(bits))},
        nulls));
  }
};

template <class T>
class IntegerColumn final : public FixedColumn<T> {
 public:
  using FixedColumn<T>::FixedColumn;
  Status AppendNumber(std::string_view text) override {
    return this->PutParsed(ParseInteger(text, sizeof(T)), text);
  }
  Status AppendText(std::string_view text) override { return AppendNumber(text); }
};

template <class T>
class FloatColumn final : public FixedColumn<T> {
 public:
  using FixedColumn<T>::FixedColumn;
  Status AppendNumber(std::string_view text) override {
    const auto value = ParseDouble(text);
    if (std::is_same_v<T, float> && value.has_value() && std::isfinite(*value) &&
        !std::isfinite(static_cast<float>(*value))) {
      return this->Unfit(text);
    }
    return this->PutParsed(value, text);
  }
  Status AppendText(std::string_view text) override { return AppendNumber(text); }
};

__extension__ using Int128 = __int128;

class DecimalColumn final : public FixedColumn<Int128> {
 public:
  using FixedColumn::FixedColumn;
  Status AppendNumber(std::string_view text) override {
    const auto& type = field().type;
    const auto value = columnar::ParseDecimal(text, type.precision, type.scale);
    if (!value.has_value()) return Unfit(text);
    return Put(value->unscaled);
  }
  Status AppendText(std::string_view text) override { return AppendNumber(text); }
};

/// 0001-01-01 and 10000-01-01 in days: outside, other engines do not agree on the calendar.
constexpr std::int64_t kFirstDay = -719'162;
constexpr std::int64_t kEndDay = 2'932'897;
constexpr std::int64_t kDayMicros = 86'400'000'000;

std::optional<std::int64_t> Within(std::optional<std::int64_t> value, std::int64_t unit) {
  if (value.has_value() && (*value < kFirstDay * unit || *value >= kEndDay * unit)) {
    return std::nullopt;
  }
  return value;
}

class DateColumn final : public FixedColumn<std::int32_t> {
 public:
  using FixedColumn::FixedColumn;
  Status AppendText(std::string_view text) override {
    return PutParsed(Within(columnar::ParseDate(text), 1), text);
  }
  Status AppendNumber(std::string_view text) override {
    return PutParsed(Within(ParseInteger(text, 4), 1), text);
  }
};

class TimestampColumn final : public FixedColumn<std::int64_t> {
 public:
  using FixedColumn::FixedColumn;
  Status AppendText(std::string_view text) override {
    if (field().type.id == TypeId::kTimestampNtz && HasZone(text)) return Unfit(text);
    return PutParsed(Within(columnar::ParseTimestamp(text), kDayMicros), text);
  }
  Status AppendNumber(std::string_view text) override {
    return PutParsed(Within(ParseEpoch(text), kDayMicros), text);
  }
};

/// Text and bytes: one buffer, and where each value ends.
class BytesColumn final : public Column {
 public:
  using Column::Column;
  Status AppendText(std::string_view text) override {
    if (field().type.id == TypeId::kBinary) {
      const auto bytes = ParseBase64(text);
      if (!bytes.has_value()) return Unfit(text);
      return Put(*bytes);
    }
    if (!simdjson::validate_utf8(text)) return Unfit("bytes that are no UTF-8");
    return Put(text);
  }

 protected:
  std::shared_ptr<arrow::Array> Take(const std::shared_ptr<arrow::DataType>& type,
                                     std::string valid, std::int64_t nulls) override {
    const auto count = static_cast<std::int64_t>(ends_.size());
    ends_.insert(ends_.begin(), 0);
    auto offsets = arrow::Buffer::FromVector(std::exchange(ends_, {}));
    auto bytes = arrow::Buffer::FromString(std::exchange(bytes_, {}));
    return arrow::MakeArray(arrow::ArrayData::Make(
        type, count, {Validity(std::move(valid)), std::move(offsets), std::move(bytes)}, nulls));
  }
  void Cut(std::size_t length) override {
    ends_.resize(length);
    bytes_.resize(ends_.empty() ? 0 : static_cast<std::size_t>(ends_.back()));
  }
  void Blank() override { ends_.push_back(static_cast<std::int32_t>(bytes_.size())); }

 private:
  Status Put(std::string_view bytes) {
    if (bytes.size() > static_cast<std::size_t>(INT32_MAX) - bytes_.size()) {
      return Fail(ErrorKind::kInvalid, "a batch holds at most 2 GiB of text");
    }
    bytes_.append(bytes);
    ends_.push_back(static_cast<std::int32_t>(bytes_.size()));
    return Valid();
  }

  std::string bytes_;
  std::vector<std::int32_t> ends_;
};

template <class C>
std::unique_ptr<Column> New(const columnar::Field& field) {
  return std::make_unique<C>(field, Column::Shape::kScalar);
}

}  // namespace

Result<std::unique_ptr<Column>> MakeScalarColumn(const columnar::Field& field) {
  switch (field.type.id) {
    case TypeId::kBoolean:
      return New<BooleanColumn>(field);
    case TypeId::kByte:
      return New<IntegerColumn<std::int8_t>>(field);
    case TypeId::kShort:
      return New<IntegerColumn<std::int16_t>>(field);
    case TypeId::kInteger:
      return New<IntegerColumn<std::int32_t>>(field);
    case TypeId::kLong:
      return New<IntegerColumn<std::int64_t>>(field);
    case TypeId::kFloat:
      return New<FloatColumn<float>>(field);
    case TypeId::kDouble:
      return New<FloatColumn<double>>(field);
    case TypeId::kDecimal:
      return New<DecimalColumn>(field);
    case TypeId::kDate:
      return New<DateColumn>(field);
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return New<TimestampColumn>(field);
    case TypeId::kString:
    case TypeId::kBinary:
      return New<BytesColumn>(field);
    default:
      return Fail(ErrorKind::kUnsupported,
                  fmt::format("column {} is of type {}, which events cannot fill", field.name,
                              columnar::FormatType(field.type)));
  }
}

}  // namespace neuralake::ingest
