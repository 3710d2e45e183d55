#include "neuralake/serve/format/cells.h"

#include <cmath>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include "neuralake/columnar/decimal_text.h"
#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/serve/format/postgres_time.h"
#include "neuralake/serve/format/value_text.h"

namespace neuralake::serve {
namespace {

/// An array and how to write it.
template <class Array>
class ArrayCells : public Cells {
 public:
  ArrayCells(const arrow::Array& array, Notation notation)
      : array_(static_cast<const Array&>(array)), notation_(notation) {}

  bool IsNull(std::int64_t row) const final { return array_.IsNull(row); }

  void Append(std::int64_t row, std::string& out) const final {
    if (!array_.IsNull(row)) {
      AppendValue(row, out);
    } else if (notation_ == Notation::kJson) {
      out += "null";
    }
  }

 protected:
  virtual void AppendValue(std::int64_t row, std::string& out) const = 0;

  /// Append what `write` appends, between quotes in JSON.
  template <class Write>
  void Quoted(std::string& out, Write write) const {
    const bool quotes = notation_ == Notation::kJson;
    if (quotes) out.push_back('"');
    write();
    if (quotes) out.push_back('"');
  }

  const Array& array_;
  const Notation notation_;
};

class NullCells final : public ArrayCells<arrow::NullArray> {
 public:
  using ArrayCells::ArrayCells;

 private:
  void AppendValue(std::int64_t, std::string&) const override {}
};

class BooleanCells final : public ArrayCells<arrow::BooleanArray> {
 public:
  using ArrayCells::ArrayCells;

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const bool value = array_.Value(row);
    if (notation_ == Notation::kPostgres) {
      out.push_back(value ? 't' : 'f');
    } else {
      out += value ? "true" : "false";
    }
  }
};

template <class Array>
class IntegerCells final : public ArrayCells<Array> {
 public:
  using ArrayCells<Array>::ArrayCells;

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const auto value = static_cast<std::int64_t>(this->array_.Value(row));
    if (value > kExactInteger || value < -kExactInteger) {
      this->Quoted(out, [&] { AppendInteger(value, out); });
    } else {
      AppendInteger(value, out);
    }
  }
};

template <class Array>
class RealCells final : public ArrayCells<Array> {
 public:
  using ArrayCells<Array>::ArrayCells;

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const auto value = this->array_.Value(row);
    const auto write = [&] {
      if constexpr (std::is_same_v<Array, arrow::FloatArray>) {
        AppendFloat(value, out);
      } else {
        AppendDouble(value, out);
      }
    };
    if (std::isfinite(value)) {
      write();
    } else {
      this->Quoted(out, write);
    }
  }
};

class DecimalCells final : public ArrayCells<arrow::Decimal128Array> {
 public:
  DecimalCells(const arrow::Array& array, Notation notation)
      : ArrayCells(array, notation),
        scale_(static_cast<const arrow::Decimal128Type&>(*array.type()).scale()) {}

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const arrow::Decimal128 value(array_.GetValue(row));
    columnar::Decimal decimal;
    decimal.unscaled = static_cast<__int128_t>(value.high_bits()) << 64 |
                       static_cast<__int128_t>(value.low_bits());
    Quoted(out, [&] { out += columnar::FormatDecimal(decimal, scale_); });
  }

  const int scale_;
};

template <class Array>
class StringCells final : public ArrayCells<Array> {
 public:
  using ArrayCells<Array>::ArrayCells;

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const std::string_view text = this->array_.GetView(row);
    if (this->notation_ == Notation::kJson) {
      columnar::AppendJsonString(text, out);
    } else {
      out += text;
    }
  }
};

template <class Array>
class BinaryCells final : public ArrayCells<Array> {
 public:
  using ArrayCells<Array>::ArrayCells;

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const std::string_view bytes = this->array_.GetView(row);
    if (this->notation_ == Notation::kPostgres) {
      out += "\\x";
      AppendHex(bytes, out);
    } else {
      this->Quoted(out, [&] { AppendBase64(bytes, out); });
    }
  }
};

class DateCells final : public ArrayCells<arrow::Date32Array> {
 public:
  using ArrayCells::ArrayCells;

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    if (notation_ == Notation::kPostgres) {
      AppendPostgresDate(array_.Value(row), out);
    } else {
      Quoted(out, [&] { AppendDate(array_.Value(row), out); });
    }
  }
};

class TimestampCells final : public ArrayCells<arrow::TimestampArray> {
 public:
  TimestampCells(const arrow::Array& array, Notation notation)
      : ArrayCells(array, notation),
        zoned_(!static_cast<const arrow::TimestampType&>(*array.type()).timezone().empty()) {}

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const std::int64_t micros = array_.Value(row);
    if (notation_ == Notation::kPostgres) {
      AppendPostgresTimestamp(micros, zoned_, out);
      return;
    }
    Quoted(out, [&] {
      AppendTimestamp(micros, 'T', out);
      if (zoned_) out.push_back('Z');
    });
  }

  const bool zoned_;
};

class StructCells final : public ArrayCells<arrow::StructArray> {
 public:
  StructCells(const arrow::Array& array, Notation notation,
              std::vector<std::unique_ptr<Cells>> fields)
      : ArrayCells(array, notation), fields_(std::move(fields)) {}

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const auto& type = static_cast<const arrow::StructType&>(*array_.type());
    out.push_back('{');
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (i > 0) out.push_back(',');
      columnar::AppendJsonString(type.field(static_cast<int>(i))->name(), out);
      out.push_back(':');
      fields_[i]->Append(row, out);
    }
    out.push_back('}');
  }

  const std::vector<std::unique_ptr<Cells>> fields_;
};

template <class Array>
class ListCells final : public ArrayCells<Array> {
 public:
  ListCells(const arrow::Array& array, Notation notation, std::unique_ptr<Cells> values)
      : ArrayCells<Array>(array, notation), values_(std::move(values)) {}

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const std::int64_t begin = this->array_.value_offset(row);
    out.push_back('[');
    for (std::int64_t i = 0; i < this->array_.value_length(row); ++i) {
      if (i > 0) out.push_back(',');
      values_->Append(begin + i, out);
    }
    out.push_back(']');
  }

  const std::unique_ptr<Cells> values_;
};

/// `{1,NULL,"a \"b\""}`: how PostgreSQL writes an array of primitives.
class PostgresArrayCells final : public ArrayCells<arrow::ListArray> {
 public:
  PostgresArrayCells(const arrow::Array& array, Notation notation, std::unique_ptr<Cells> values)
      : ArrayCells(array, notation), values_(std::move(values)) {}

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const std::int64_t begin = array_.value_offset(row);
    std::string element;
    out.push_back('{');
    for (std::int64_t i = 0; i < array_.value_length(row); ++i) {
      if (i > 0) out.push_back(',');
      if (values_->IsNull(begin + i)) {
        out += "NULL";
        continue;
      }
      element.clear();
      values_->Append(begin + i, element);
      out.push_back('"');
      for (const char c : element) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
      }
      out.push_back('"');
    }
    out.push_back('}');
  }

  const std::unique_ptr<Cells> values_;
};

/// A map: a JSON object when its keys are texts, else a list of `{"key", "value"}`.
class MapCells final : public ArrayCells<arrow::MapArray> {
 public:
  MapCells(const arrow::Array& array, Notation notation, std::unique_ptr<Cells> keys,
           std::unique_ptr<Cells> items)
      : ArrayCells(array, notation),
        texts_(static_cast<const arrow::MapType&>(*array.type()).key_type()->id() ==
               arrow::Type::STRING),
        keys_(std::move(keys)),
        items_(std::move(items)) {}

 private:
  void AppendValue(std::int64_t row, std::string& out) const override {
    const std::int64_t begin = array_.value_offset(row);
    out.push_back(texts_ ? '{' : '[');
    for (std::int64_t i = begin; i < begin + array_.value_length(row); ++i) {
      if (i > begin) out.push_back(',');
      if (!texts_) out += R"({"key":)";
      keys_->Append(i, out);
      out += texts_ ? ":" : R"(,"value":)";
      items_->Append(i, out);
      if (!texts_) out.push_back('}');
    }
    out.push_back(texts_ ? '}' : ']');
  }

  const bool texts_;
  const std::unique_ptr<Cells> keys_;
  const std::unique_ptr<Cells> items_;
};

bool IsNested(const arrow::DataType& type) {
  return type.id() == arrow::Type::LIST || type.id() == arrow::Type::STRUCT ||
         type.id() == arrow::Type::MAP || type.id() == arrow::Type::LARGE_LIST;
}

// Below the first level every notation is JSON, except in PostgreSQL's arrays.
Result<std::unique_ptr<Cells>> MakeNested(const arrow::Array& array, Notation notation) {
  if (array.type_id() == arrow::Type::STRUCT) {
    const auto& structs = static_cast<const arrow::StructArray&>(array);
    std::vector<std::unique_ptr<Cells>> fields;
    for (const auto& field : structs.fields()) {
      fields.push_back(TRY(MakeCells(*field, Notation::kJson)));
    }
    return std::make_unique<StructCells>(array, notation, std::move(fields));
  }
  if (array.type_id() == arrow::Type::MAP) {
    const auto& map = static_cast<const arrow::MapArray&>(array);
    return std::make_unique<MapCells>(array, notation, TRY(MakeCells(*map.keys(), Notation::kJson)),
                                      TRY(MakeCells(*map.items(), Notation::kJson)));
  }
  if (array.type_id() == arrow::Type::LARGE_LIST) {
    const auto& values = *static_cast<const arrow::LargeListArray&>(array).values();
    return std::make_unique<ListCells<arrow::LargeListArray>>(
        array, notation, TRY(MakeCells(values, Notation::kJson)));
  }
  const auto& values = *static_cast<const arrow::ListArray&>(array).values();
  if (notation == Notation::kPostgres && !IsNested(*values.type())) {
    return std::make_unique<PostgresArrayCells>(array, notation,
                                                TRY(MakeCells(values, Notation::kPostgres)));
  }
  return std::make_unique<ListCells<arrow::ListArray>>(array, notation,
                                                       TRY(MakeCells(values, Notation::kJson)));
}

bool IsMicroseconds(const arrow::DataType& type) {
  return static_cast<const arrow::TimestampType&>(type).unit() == arrow::TimeUnit::MICRO;
}

}  // namespace

Result<std::unique_ptr<Cells>> MakeCells(const arrow::Array& array, Notation notation) {
  const auto make = [&]<class Made> { return std::make_unique<Made>(array, notation); };
  switch (array.type_id()) {
    case arrow::Type::NA:
      return make.operator()<NullCells>();
    case arrow::Type::BOOL:
      return make.operator()<BooleanCells>();
    case arrow::Type::INT8:
      return make.operator()<IntegerCells<arrow::Int8Array>>();
    case arrow::Type::INT16:
      return make.operator()<IntegerCells<arrow::Int16Array>>();
    case arrow::Type::INT32:
      return make.operator()<IntegerCells<arrow::Int32Array>>();
    case arrow::Type::INT64:
      return make.operator()<IntegerCells<arrow::Int64Array>>();
    case arrow::Type::FLOAT:
      return make.operator()<RealCells<arrow::FloatArray>>();
    case arrow::Type::DOUBLE:
      return make.operator()<RealCells<arrow::DoubleArray>>();
    case arrow::Type::DECIMAL128:
      return make.operator()<DecimalCells>();
    case arrow::Type::STRING:
      return make.operator()<StringCells<arrow::StringArray>>();
    case arrow::Type::LARGE_STRING:
      return make.operator()<StringCells<arrow::LargeStringArray>>();
    case arrow::Type::STRING_VIEW:
      return make.operator()<StringCells<arrow::StringViewArray>>();
    case arrow::Type::BINARY:
      return make.operator()<BinaryCells<arrow::BinaryArray>>();
    case arrow::Type::LARGE_BINARY:
      return make.operator()<BinaryCells<arrow::LargeBinaryArray>>();
    case arrow::Type::DATE32:
      return make.operator()<DateCells>();
    case arrow::Type::TIMESTAMP:
      if (IsMicroseconds(*array.type())) return make.operator()<TimestampCells>();
      break;
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::STRUCT:
    case arrow::Type::MAP:
      return MakeNested(array, notation);
    default:
      break;
  }
  return Fail(ErrorKind::kUnsupported,
              "a column of type " + array.type()->ToString() + " has no text form");
}

Result<std::vector<std::unique_ptr<Cells>>> MakeCells(const arrow::RecordBatch& batch,
                                                      Notation notation) {
  std::vector<std::unique_ptr<Cells>> cells;
  cells.reserve(static_cast<std::size_t>(batch.num_columns()));
  for (int i = 0; i < batch.num_columns(); ++i) {
    cells.push_back(TRY(MakeCells(*batch.column(i), notation)));
  }
  return cells;
}

}  // namespace neuralake::serve
