#include "neuralake/verify/data/column_facts.h"

#include <cmath>
#include <string_view>

#include <arrow/array/array_decimal.h>
#include <arrow/array/array_dict.h>
#include <arrow/util/decimal.h>

#include "neuralake/verify/saturating.h"

namespace neuralake::verify {
namespace {

/// Which rows of a chunk to look at.
enum class RowState : std::uint8_t { kValue, kNull, kDeleted };

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

std::int64_t FloorDivide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

std::int64_t Micros(std::int64_t value, arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return Product(value, 1'000'000);
    case arrow::TimeUnit::MILLI:
      return Product(value, 1000);
    case arrow::TimeUnit::MICRO:
      return value;
    default:
      return FloorDivide(value, 1000);
  }
}

template <class T>
struct Extremes {
  std::optional<T> min;
  std::optional<T> max;

  void Add(const T& value) {
    if (!min || value < *min) min = value;
    if (!max || *max < value) max = value;
  }
};

/// The smallest and the greatest of what `at` gives for the rows that have a value.
template <class T, class At>
Extremes<T> Find(const std::vector<RowState>& rows, const At& at) {
  Extremes<T> extremes;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row] == RowState::kValue) extremes.Add(at(static_cast<std::int64_t>(row)));
  }
  return extremes;
}

/// `value` of the file as one of the table's type, which may be wider.
std::optional<Value> Widen(Value value, const Type& type, const arrow::DataType& stored) {
  if (auto* decimal = std::get_if<arrow::Decimal256>(&value)) {
    const auto scale = static_cast<const arrow::DecimalType&>(stored).scale();
    const auto scaled = decimal->Rescale(scale, type.scale);
    return scaled.ok() ? std::optional<Value>(*scaled) : std::nullopt;
  }
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr) return value;
  if (type.id == TypeId::kDouble) return static_cast<double>(*number);
  if (type.id == TypeId::kDecimal) {
    const auto scaled = arrow::Decimal256(*number).Rescale(0, type.scale);
    return scaled.ok() ? std::optional<Value>(*scaled) : std::nullopt;
  }
  if (stored.id() == arrow::Type::DATE32 && type.id == TypeId::kTimestampNtz) {
    return Product(*number, kMicrosPerDay);
  }
  return value;
}

class Facts {
 public:
  Facts(const Type& type, const std::vector<RowState>& rows, ColumnFacts& facts)
      : type_(type), rows_(rows), facts_(facts) {}

  void Of(const arrow::Array& array) {
    switch (array.type_id()) {
      case arrow::Type::BOOL:
        return Numbers<arrow::BooleanArray>(array);
      case arrow::Type::INT8:
        return Numbers<arrow::Int8Array>(array);
      case arrow::Type::INT16:
        return Numbers<arrow::Int16Array>(array);
      case arrow::Type::INT32:
        return Numbers<arrow::Int32Array>(array);
      case arrow::Type::INT64:
        return Numbers<arrow::Int64Array>(array);
      case arrow::Type::DATE32:
        return Numbers<arrow::Date32Array>(array);
      case arrow::Type::TIMESTAMP:
        return Times(static_cast<const arrow::TimestampArray&>(array));
      case arrow::Type::FLOAT:
        return Floats<arrow::FloatArray>(array);
      case arrow::Type::DOUBLE:
        return Floats<arrow::DoubleArray>(array);
      case arrow::Type::STRING:
      case arrow::Type::BINARY:
        return Texts<arrow::BinaryArray>(array);
      case arrow::Type::LARGE_STRING:
      case arrow::Type::LARGE_BINARY:
        return Texts<arrow::LargeBinaryArray>(array);
      case arrow::Type::STRING_VIEW:
      case arrow::Type::BINARY_VIEW:
        return Texts<arrow::BinaryViewArray>(array);
      case arrow::Type::DICTIONARY:
        return Dictionary(static_cast<const arrow::DictionaryArray&>(array));
      case arrow::Type::DECIMAL32:
        return Decimals<arrow::Decimal32Array, arrow::Decimal32>(array);
      case arrow::Type::DECIMAL64:
        return Decimals<arrow::Decimal64Array, arrow::Decimal64>(array);
      case arrow::Type::DECIMAL128:
        return Decimals<arrow::Decimal128Array, arrow::Decimal128>(array);
      case arrow::Type::DECIMAL256:
        return Decimals<arrow::Decimal256Array, arrow::Decimal256>(array);
      default:
        return;  // not compared
    }
  }

 private:
  void Keep(std::optional<Value> min, std::optional<Value> max) {
    if (min && (!facts_.min || Compare(*min, *facts_.min) < 0)) facts_.min = std::move(min);
    if (max && (!facts_.max || Compare(*max, *facts_.max) > 0)) facts_.max = std::move(max);
  }

  template <class T>
  void KeepAs(const Extremes<T>& found, const arrow::DataType& stored) {
    if (!found.min) return;
    Keep(Widen(Value(*found.min), type_, stored), Widen(Value(*found.max), type_, stored));
  }

  template <class Array>
  void Numbers(const arrow::Array& array) {
    const auto& numbers = static_cast<const Array&>(array);
    KeepAs(Find<std::int64_t>(rows_, [&](auto row) { return std::int64_t{numbers.Value(row)}; }),
           *array.type());
  }

  void Times(const arrow::TimestampArray& array) {
    const auto unit = static_cast<const arrow::TimestampType&>(*array.type()).unit();
    KeepAs(Find<std::int64_t>(rows_, [&](auto row) { return Micros(array.Value(row), unit); }),
           *array.type());
  }

  template <class Array>
  void Floats(const arrow::Array& array) {
    const auto& numbers = static_cast<const Array&>(array);
    Extremes<double> found;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (rows_[row] != RowState::kValue) continue;
      const double value = numbers.Value(static_cast<std::int64_t>(row));
      if (std::isnan(value)) {
        facts_.has_nan = true;
      } else {
        found.Add(value);
      }
    }
    KeepAs(found, *array.type());
  }

  template <class Array>
  void Texts(const arrow::Array& array) {
    const auto& texts = static_cast<const Array&>(array);
    const auto found = Find<std::string_view>(rows_, [&](auto row) { return texts.GetView(row); });
    if (!found.min) return;
    Keep(std::string(*found.min), std::string(*found.max));
  }

  void Dictionary(const arrow::DictionaryArray& array) {
    const auto plain = array.dictionary();
    if (plain->type_id() != arrow::Type::STRING && plain->type_id() != arrow::Type::BINARY) return;
    const auto& texts = static_cast<const arrow::BinaryArray&>(*plain);
    const auto found = Find<std::string_view>(
        rows_, [&](auto row) { return texts.GetView(array.GetValueIndex(row)); });
    if (!found.min) return;
    Keep(std::string(*found.min), std::string(*found.max));
  }

  template <class Array, class Decimal>
  void Decimals(const arrow::Array& array) {
    const auto& decimals = static_cast<const Array&>(array);
    KeepAs(Find<arrow::Decimal256>(
               rows_, [&](auto row) { return arrow::Decimal256(Decimal(decimals.GetValue(row))); }),
           *array.type());
  }

  const Type& type_;
  const std::vector<RowState>& rows_;
  ColumnFacts& facts_;
};

void MarkNulls(const arrow::Array& array, std::vector<RowState>& rows) {
  if (array.null_count() == 0) return;
  for (std::int64_t row = 0; row < array.length(); ++row) {
    if (array.IsNull(row)) rows[static_cast<std::size_t>(row)] = RowState::kNull;
  }
}

}  // namespace

void AddFacts(const FileColumn& column, const arrow::Array& array, std::int64_t first_row,
              const DeletedRows& deleted, ColumnFacts& facts) {
  std::vector<RowState> rows(static_cast<std::size_t>(array.length()), RowState::kValue);
  const arrow::Array* at = &array;
  MarkNulls(*at, rows);
  std::vector<std::shared_ptr<arrow::Array>> alive;
  for (std::size_t depth = 1; depth < column.path.size(); ++depth) {
    if (at->type_id() != arrow::Type::STRUCT || at->type()->num_fields() != 1) return;
    // With the offset of a slice taken into account.
    alive.push_back(static_cast<const arrow::StructArray&>(*at).field(0));
    at = alive.back().get();
    MarkNulls(*at, rows);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_null = rows[i] == RowState::kNull;
    facts.nulls += is_null;
    if (deleted.Holds(first_row + static_cast<std::int64_t>(i))) {
      rows[i] = RowState::kDeleted;
    } else if (is_null) {
      ++facts.valid_nulls;
    } else {
      ++facts.valid_values;
    }
  }
  if (column.is_primitive) Facts(column.type, rows, facts).Of(*at);
}

}  // namespace neuralake::verify
