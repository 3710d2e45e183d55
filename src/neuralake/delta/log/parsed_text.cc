#include "neuralake/delta/log/parsed_text.h"

#include <cmath>

#include <arrow/array.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/delta/log/arrow_cells.h"

namespace neuralake::delta {
namespace {

using columnar::AppendJsonString;

std::int64_t Floor(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

std::string TimestampText(const arrow::Array& array, std::int64_t row) {
  const auto& type = static_cast<const arrow::TimestampType&>(*array.type());
  std::int64_t micros = static_cast<const arrow::TimestampArray&>(array).Value(row);
  switch (type.unit()) {
    case arrow::TimeUnit::SECOND:
      micros *= 1'000'000;
      break;
    case arrow::TimeUnit::MILLI:
      micros *= 1'000;
      break;
    case arrow::TimeUnit::MICRO:
      break;
    case arrow::TimeUnit::NANO:
      micros = Floor(micros, 1'000);
      break;
  }
  return type.timezone().empty() ? columnar::FormatTimestampPlain(micros)
                                 : columnar::FormatTimestampIso(micros);
}

template <class T>
std::string FloatText(T value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return fmt::format("{}", value);
}

/// A value, and whether JSON wants it in quotes.
struct Scalar {
  std::string text;
  bool quoted;
};

std::optional<Scalar> ScalarOf(const arrow::Array& array, std::int64_t row) {
  const auto number = [&](const auto& typed) {
    return Scalar{fmt::format("{}", typed.Value(row)), false};
  };
  const auto real = [&](auto value) { return Scalar{FloatText(value), !std::isfinite(value)}; };
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      return number(static_cast<const arrow::BooleanArray&>(array));
    case arrow::Type::INT8:
      return Scalar{std::to_string(static_cast<const arrow::Int8Array&>(array).Value(row)), false};
    case arrow::Type::INT16:
      return number(static_cast<const arrow::Int16Array&>(array));
    case arrow::Type::INT32:
      return number(static_cast<const arrow::Int32Array&>(array));
    case arrow::Type::INT64:
      return number(static_cast<const arrow::Int64Array&>(array));
    case arrow::Type::FLOAT:
      return real(static_cast<const arrow::FloatArray&>(array).Value(row));
    case arrow::Type::DOUBLE:
      return real(static_cast<const arrow::DoubleArray&>(array).Value(row));
    case arrow::Type::DECIMAL128:
      return Scalar{static_cast<const arrow::Decimal128Array&>(array).FormatValue(row), false};
    case arrow::Type::DECIMAL32:
      return Scalar{static_cast<const arrow::Decimal32Array&>(array).FormatValue(row), false};
    case arrow::Type::DECIMAL64:
      return Scalar{static_cast<const arrow::Decimal64Array&>(array).FormatValue(row), false};
    case arrow::Type::DATE32:
      return Scalar{columnar::FormatDate(static_cast<const arrow::Date32Array&>(array).Value(row)),
                    true};
    case arrow::Type::TIMESTAMP:
      return Scalar{TimestampText(array, row), true};
    default:
      break;
  }
  const auto cells = TextCells::Make(&array, "");
  const auto text = cells ? cells->Get(row) : std::nullopt;
  if (!text) return std::nullopt;
  return Scalar{std::string(*text), true};
}

/// Append `row` as JSON.
/// \returns false when there is nothing to say, and `out` is as before
bool AppendValue(const arrow::Array& array, std::int64_t row, std::string& out) {
  if (array.IsNull(row)) return false;
  if (array.type_id() != arrow::Type::STRUCT) {
    const auto scalar = ScalarOf(array, row);
    if (!scalar) return false;
    if (scalar->quoted) {
      AppendJsonString(scalar->text, out);
    } else {
      out += scalar->text;
    }
    return true;
  }
  const auto& fields = static_cast<const arrow::StructArray&>(array);
  out += '{';
  bool first = true;
  for (int i = 0; i < fields.num_fields(); ++i) {
    const auto before = out.size();
    if (!first) out += ',';
    AppendJsonString(fields.struct_type()->field(i)->name(), out);
    out += ':';
    if (AppendValue(*fields.field(i), row, out)) {
      first = false;
    } else {
      out.resize(before);
    }
  }
  out += '}';
  return true;
}

}  // namespace

std::optional<std::string> StatsJson(const arrow::Array& stats, std::int64_t row) {
  std::string json;
  if (stats.type_id() != arrow::Type::STRUCT || !AppendValue(stats, row, json)) {
    return std::nullopt;
  }
  return json;
}

std::optional<std::string> PartitionText(const arrow::Array& values, std::int64_t row) {
  if (values.IsNull(row)) return std::nullopt;
  auto scalar = ScalarOf(values, row);
  if (!scalar) return std::nullopt;
  return std::move(scalar->text);
}

}  // namespace neuralake::delta
