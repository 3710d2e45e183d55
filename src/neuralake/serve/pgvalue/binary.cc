#include "neuralake/serve/pgvalue/binary.h"

#include <bit>
#include <limits>
#include <utility>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "neuralake/columnar/decimal_text.h"
#include "neuralake/serve/format/postgres_time.h"
#include "neuralake/serve/pgvalue/types.h"
#include "neuralake/serve/pgwire/writer.h"

namespace neuralake::serve {
namespace {

template <class Array>
class BinaryForm : public Cells {
 public:
  explicit BinaryForm(const arrow::Array& array) : array_(static_cast<const Array&>(array)) {}
  bool IsNull(std::int64_t row) const final { return array_.IsNull(row); }

 protected:
  const Array& array_;
};

class BooleanForm final : public BinaryForm<arrow::BooleanArray> {
 public:
  using BinaryForm::BinaryForm;
  void Append(std::int64_t row, std::string& out) const override {
    out.push_back(array_.Value(row) ? '\1' : '\0');
  }
};

template <class Array>
class IntegerForm final : public BinaryForm<Array> {
 public:
  using BinaryForm<Array>::BinaryForm;
  void Append(std::int64_t row, std::string& out) const override {
    PgWriter writer(out);
    const auto value = this->array_.Value(row);
    if constexpr (sizeof(value) <= 2) {
      writer.Int16(value);
    } else if constexpr (sizeof(value) == 4) {
      writer.Int32(value);
    } else {
      writer.Int64(value);
    }
  }
};

class FloatForm final : public BinaryForm<arrow::FloatArray> {
 public:
  using BinaryForm::BinaryForm;
  void Append(std::int64_t row, std::string& out) const override {
    PgWriter(out).Int32(std::bit_cast<std::int32_t>(array_.Value(row)));
  }
};

class DoubleForm final : public BinaryForm<arrow::DoubleArray> {
 public:
  using BinaryForm::BinaryForm;
  void Append(std::int64_t row, std::string& out) const override {
    PgWriter(out).Int64(std::bit_cast<std::int64_t>(array_.Value(row)));
  }
};

class NumericForm final : public BinaryForm<arrow::Decimal128Array> {
 public:
  explicit NumericForm(const arrow::Array& array)
      : BinaryForm(array),
        scale_(static_cast<const arrow::Decimal128Type&>(*array.type()).scale()) {}
  void Append(std::int64_t row, std::string& out) const override {
    const arrow::Decimal128 value(array_.GetValue(row));
    const bool negative = value.IsNegative();
    out += EncodeNumeric(
        negative, arrow::Decimal128(arrow::BasicDecimal128::Abs(value)).ToIntegerString(), scale_);
  }

 private:
  const int scale_;
};

/// Text and bytes: as they are.
template <class Array>
class BytesForm final : public BinaryForm<Array> {
 public:
  using BinaryForm<Array>::BinaryForm;
  void Append(std::int64_t row, std::string& out) const override {
    out += this->array_.GetView(row);
  }
};

/// A distance from 1970 as one from 2000, with PostgreSQL's numbers for the infinities.
template <class Number>
Number FromEpoch(Number value, std::int64_t epoch, std::int64_t infinite) {
  if (value >= infinite) return std::numeric_limits<Number>::max();
  if (value <= -infinite) return std::numeric_limits<Number>::min();
  return static_cast<Number>(value - epoch);
}

class DateForm final : public BinaryForm<arrow::Date32Array> {
 public:
  using BinaryForm::BinaryForm;
  void Append(std::int64_t row, std::string& out) const override {
    PgWriter(out).Int32(FromEpoch<std::int32_t>(array_.Value(row), kPgEpochDays, kInfiniteDays));
  }
};

class TimestampForm final : public BinaryForm<arrow::TimestampArray> {
 public:
  using BinaryForm::BinaryForm;
  void Append(std::int64_t row, std::string& out) const override {
    PgWriter(out).Int64(FromEpoch(array_.Value(row), kPgEpochMicros, kInfiniteMicros));
  }
};

class NullForm final : public BinaryForm<arrow::NullArray> {
 public:
  using BinaryForm::BinaryForm;
  void Append(std::int64_t, std::string&) const override {}
};

/// An array of primitives: one dimension, counted from 1.
class ArrayForm final : public BinaryForm<arrow::ListArray> {
 public:
  ArrayForm(const arrow::Array& array, std::unique_ptr<Cells> values, std::uint32_t element)
      : BinaryForm(array), values_(std::move(values)), element_(element) {}

  void Append(std::int64_t row, std::string& out) const override {
    const std::int64_t begin = array_.value_offset(row);
    const std::int32_t length = array_.value_length(row);
    bool nulls = false;
    for (std::int32_t i = 0; i < length; ++i) nulls = nulls || values_->IsNull(begin + i);
    PgWriter writer(out);
    writer.Int32(length == 0 ? 0 : 1);
    writer.Int32(nulls ? 1 : 0);
    writer.Int32(static_cast<std::int32_t>(element_));
    if (length == 0) return;
    writer.Int32(length);
    writer.Int32(1);
    std::string value;
    for (std::int32_t i = 0; i < length; ++i) {
      if (values_->IsNull(begin + i)) {
        writer.Int32(-1);
        continue;
      }
      value.clear();
      values_->Append(begin + i, value);
      writer.Int32(static_cast<std::int32_t>(value.size()));
      out += value;
    }
  }

 private:
  const std::unique_ptr<Cells> values_;
  const std::uint32_t element_;
};

/// The number of a primitive's type as it leaves in an array.
std::uint32_t ElementOid(arrow::Type::type id) {
  switch (id) {
    case arrow::Type::BOOL:
      return 16;
    case arrow::Type::INT8:
    case arrow::Type::INT16:
      return 21;
    case arrow::Type::INT32:
      return 23;
    case arrow::Type::INT64:
      return 20;
    case arrow::Type::FLOAT:
      return 700;
    case arrow::Type::DOUBLE:
      return 701;
    case arrow::Type::DECIMAL128:
      return 1700;
    case arrow::Type::BINARY:
      return 17;
    case arrow::Type::DATE32:
      return 1082;
    default:
      return kOidText;
  }
}

bool IsNested(arrow::Type::type id) {
  return id == arrow::Type::LIST || id == arrow::Type::LARGE_LIST || id == arrow::Type::STRUCT ||
         id == arrow::Type::MAP;
}

Result<std::unique_ptr<Cells>> MakeList(const arrow::Array& array) {
  const auto& values = *static_cast<const arrow::ListArray&>(array).values();
  if (IsNested(values.type_id())) return MakeCells(array, Notation::kPostgres);
  std::uint32_t element = ElementOid(values.type_id());
  if (values.type_id() == arrow::Type::TIMESTAMP) {
    const auto& type = static_cast<const arrow::TimestampType&>(*values.type());
    element = type.timezone().empty() ? 1114 : 1184;
  }
  return std::make_unique<ArrayForm>(array, TRY(MakeBinaryCells(values)), element);
}

}  // namespace

Result<std::unique_ptr<Cells>> MakeBinaryCells(const arrow::Array& array) {
  switch (array.type_id()) {
    case arrow::Type::NA:
      return std::make_unique<NullForm>(array);
    case arrow::Type::BOOL:
      return std::make_unique<BooleanForm>(array);
    case arrow::Type::INT8:
      return std::make_unique<IntegerForm<arrow::Int8Array>>(array);
    case arrow::Type::INT16:
      return std::make_unique<IntegerForm<arrow::Int16Array>>(array);
    case arrow::Type::INT32:
      return std::make_unique<IntegerForm<arrow::Int32Array>>(array);
    case arrow::Type::INT64:
      return std::make_unique<IntegerForm<arrow::Int64Array>>(array);
    case arrow::Type::FLOAT:
      return std::make_unique<FloatForm>(array);
    case arrow::Type::DOUBLE:
      return std::make_unique<DoubleForm>(array);
    case arrow::Type::DECIMAL128:
      return std::make_unique<NumericForm>(array);
    case arrow::Type::STRING:
      return std::make_unique<BytesForm<arrow::StringArray>>(array);
    case arrow::Type::LARGE_STRING:
      return std::make_unique<BytesForm<arrow::LargeStringArray>>(array);
    case arrow::Type::STRING_VIEW:
      return std::make_unique<BytesForm<arrow::StringViewArray>>(array);
    case arrow::Type::BINARY:
      return std::make_unique<BytesForm<arrow::BinaryArray>>(array);
    case arrow::Type::LARGE_BINARY:
      return std::make_unique<BytesForm<arrow::LargeBinaryArray>>(array);
    case arrow::Type::DATE32:
      return std::make_unique<DateForm>(array);
    case arrow::Type::TIMESTAMP:
      return std::make_unique<TimestampForm>(array);
    case arrow::Type::LIST:
      return MakeList(array);
    default:
      // Nested values are JSON texts, whose binary form is the text.
      return MakeCells(array, Notation::kPostgres);
  }
}

}  // namespace neuralake::serve
