#include "neuralake/verify/checkpoint/row_json.h"

#include <chrono>
#include <cmath>

#include <arrow/scalar.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace neuralake::verify {
namespace {

std::string DayText(std::int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string InstantText(std::int64_t value, const arrow::TimestampType& type) {
  std::int64_t per_second = 1;
  for (int unit = type.unit(); unit > 0; --unit) per_second *= 1000;
  const std::int64_t seconds = value / per_second - (value % per_second < 0 ? 1 : 0);
  const std::int64_t fraction = value - seconds * per_second;
  const std::int64_t micros =
      per_second > 1'000'000 ? fraction / 1000 : fraction * (1'000'000 / per_second);
  const std::int64_t days = seconds / 86'400 - (seconds % 86'400 < 0 ? 1 : 0);
  const std::int64_t rest = seconds - days * 86'400;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:06}{}", DayText(days), rest / 3600, rest / 60 % 60,
                     rest % 60, micros, type.timezone().empty() ? "" : "Z");
}

Json FloatJson(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : (value > 0 ? "Infinity" : "-Infinity");
}

Json ListJson(const arrow::Array& values, std::int64_t first, std::int64_t count) {
  Json list = Json::array();
  for (std::int64_t i = first; i < first + count; ++i) list.push_back(RowJson(values, i));
  return list;
}

Json MapJson(const arrow::MapArray& map, std::int64_t row) {
  Json object = Json::object();
  for (std::int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
    const Json key = RowJson(*map.keys(), i);
    object[key.is_string() ? key.get<std::string>() : Dump(key)] = RowJson(*map.items(), i);
  }
  return object;
}

Json StructJson(const arrow::StructArray& array, std::int64_t row) {
  Json object = Json::object();
  for (int i = 0; i < array.num_fields(); ++i) {
    Json value = RowJson(*array.field(i), row);
    if (!value.is_null()) object[array.type()->field(i)->name()] = std::move(value);
  }
  return object;
}

template <class Array>
const Array& As(const arrow::Array& array) {
  return static_cast<const Array&>(array);
}

Json OtherJson(const arrow::Array& array, std::int64_t row) {
  const auto scalar = array.GetScalar(row);
  return scalar.ok() ? Json((*scalar)->ToString()) : Json(nullptr);
}

}  // namespace

Json RowJson(const arrow::Array& array, std::int64_t row) {
  if (array.IsNull(row)) return nullptr;
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      return As<arrow::BooleanArray>(array).Value(row);
    case arrow::Type::INT8:
      return As<arrow::Int8Array>(array).Value(row);
    case arrow::Type::INT16:
      return As<arrow::Int16Array>(array).Value(row);
    case arrow::Type::INT32:
      return As<arrow::Int32Array>(array).Value(row);
    case arrow::Type::INT64:
      return As<arrow::Int64Array>(array).Value(row);
    case arrow::Type::FLOAT:
      return FloatJson(As<arrow::FloatArray>(array).Value(row));
    case arrow::Type::DOUBLE:
      return FloatJson(As<arrow::DoubleArray>(array).Value(row));
    case arrow::Type::DATE32:
      return DayText(As<arrow::Date32Array>(array).Value(row));
    case arrow::Type::TIMESTAMP:
      return InstantText(As<arrow::TimestampArray>(array).Value(row),
                         static_cast<const arrow::TimestampType&>(*array.type()));
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return std::string(As<arrow::BinaryArray>(array).GetView(row));
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return std::string(As<arrow::LargeBinaryArray>(array).GetView(row));
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      return std::string(As<arrow::BinaryViewArray>(array).GetView(row));
    case arrow::Type::STRUCT:
      return StructJson(As<arrow::StructArray>(array), row);
    case arrow::Type::MAP:
      return MapJson(As<arrow::MapArray>(array), row);
    case arrow::Type::LIST: {
      const auto& list = As<arrow::ListArray>(array);
      return ListJson(*list.values(), list.value_offset(row), list.value_length(row));
    }
    case arrow::Type::LARGE_LIST: {
      const auto& list = As<arrow::LargeListArray>(array);
      return ListJson(*list.values(), list.value_offset(row), list.value_length(row));
    }
    default:
      return OtherJson(array, row);
  }
}

}  // namespace neuralake::verify
