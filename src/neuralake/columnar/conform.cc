#include "neuralake/columnar/conform.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/compute/api.h>
#include <arrow/record_batch.h>
#include <arrow/util/utf8.h>
#include <fmt/format.h>

#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/conform_internal.h"

namespace neuralake::columnar {
namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;

// Why a column does not fit: `row` counts from the start of the array at hand, -1 for all of it.
struct Misfit {
  std::int64_t row = -1;
  std::string path;
  std::string what;
};
template <class T>
using Fitted = std::expected<T, Misfit>;

std::unexpected<Misfit> Refuse(const Field& field, std::int64_t row, std::string what) {
  return std::unexpected(Misfit{row, field.name, std::move(what)});
}

Misfit Below(const Field& parent, Misfit misfit) {
  misfit.path = parent.name + "." + misfit.path;
  return misfit;
}

Fitted<ArrayPtr> Fit(const ArrayPtr& array, const Field& field);

Fitted<ArrayPtr> CastTo(const ArrayPtr& array, const std::shared_ptr<arrow::DataType>& type,
                        const Field& field) {
  auto cast = arrow::compute::Cast(*array, type, arrow::compute::CastOptions::Safe());
  if (cast.ok()) return *cast;
  if (cast.status().IsNotImplemented() || array->length() == 0) {
    return Refuse(field, -1, cast.status().message());
  }
  // Find the value: the longest prefix that can be cast ends before it.
  std::int64_t good = 0;
  std::int64_t bad = array->length();
  while (bad - good > 1) {
    const std::int64_t middle = good + (bad - good) / 2;
    const bool fits = arrow::compute::Cast(*array->Slice(good, middle - good), type).ok();
    (fits ? good : bad) = middle;
  }
  return Refuse(
      field, good,
      fmt::format("the {} value {} does not fit into {} without loss", array->type()->ToString(),
                  array->GetScalar(good).ValueOr(nullptr)->ToString(), FormatType(field.type)));
}

Fitted<ArrayPtr> FitText(const ArrayPtr& array, const Field& field) {
  ArrayPtr text = array;
  if (array->type_id() != arrow::Type::STRING) text = TRY(CastTo(array, arrow::utf8(), field));
  const auto& strings = static_cast<const arrow::StringArray&>(*text);
  if (strings.ValidateUTF8().ok()) return text;
  for (std::int64_t row = 0; row < strings.length(); ++row) {
    if (strings.IsValid(row) && !arrow::util::ValidateUTF8(strings.GetView(row))) {
      return Refuse(field, row, "the text is not UTF-8");
    }
  }
  return text;
}

Fitted<ArrayPtr> FitDecimal(const ArrayPtr& array, const Field& field) {
  const auto type = ToArrow(field.type);
  ArrayPtr result = array;
  if (!array->type()->Equals(*type)) result = TRY(CastTo(array, type, field));
  const auto& decimals = static_cast<const arrow::Decimal128Array&>(*result);
  for (std::int64_t row = 0; row < decimals.length(); ++row) {
    if (decimals.IsNull(row)) continue;
    if (!arrow::Decimal128(decimals.GetValue(row)).FitsInPrecision(field.type.precision)) {
      return Refuse(field, row,
                    fmt::format("a value has more digits than {}", FormatType(field.type)));
    }
  }
  return result;
}

Fitted<ArrayPtr> FitStruct(const ArrayPtr& array, const Field& field) {
  const auto& source = static_cast<const arrow::StructArray&>(*array);
  const Schema schema{field.type.children};
  const auto& fields = schema.fields;
  std::vector<ArrayPtr> children(fields.size());
  for (int i = 0; i < source.num_fields(); ++i) {
    const auto& name = source.type()->field(i)->name();
    const auto position = schema.IndexOf(name);
    if (!position) return Refuse(field, -1, fmt::format("there is no field {}", name));
    if (children[*position] != nullptr) {
      return Refuse(field, -1, fmt::format("the field {} comes twice", name));
    }
    // Raw children, without the parent's offset, which the result keeps.
    auto child = Fit(arrow::MakeArray(source.data()->child_data[static_cast<std::size_t>(i)]),
                     fields[*position]);
    if (!child) {
      Misfit misfit = Below(field, std::move(child).error());
      if (misfit.row >= 0) misfit.row -= source.offset();
      return std::unexpected(std::move(misfit));
    }
    children[*position] = *std::move(child);
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (children[i] != nullptr) continue;
    auto nulls = arrow::MakeArrayOfNull(ToArrow(fields[i].type), source.offset() + source.length());
    if (!nulls.ok()) return Refuse(field, -1, nulls.status().message());
    children[i] = *nulls;
  }
  return std::make_shared<arrow::StructArray>(ToArrow(field.type), source.length(), children,
                                              source.null_bitmap(), source.null_count(),
                                              source.offset());
}

// The row of the list whose elements include `element`.
std::int64_t RowOfElement(const arrow::ListArray& list, std::int64_t element) {
  const std::int32_t* offsets = list.raw_value_offsets();
  const auto* after = std::upper_bound(offsets, offsets + list.length() + 1, element);
  return std::max<std::int64_t>(after - offsets - 1, 0);
}

Fitted<ArrayPtr> FitInner(const arrow::ListArray& list, const ArrayPtr& values, const Field& inner,
                          const Field& outer) {
  auto fitted = Fit(values, inner);
  if (fitted) return fitted;
  Misfit misfit = Below(outer, std::move(fitted).error());
  if (misfit.row >= 0) misfit.row = RowOfElement(list, misfit.row);
  return std::unexpected(std::move(misfit));
}

Fitted<ArrayPtr> FitList(const ArrayPtr& array, const Field& field) {
  ArrayPtr plain = array;
  if (array->type_id() != arrow::Type::LIST) {
    plain = TRY(CastTo(array, arrow::list(array->type()->field(0)), field));
  }
  const auto& list = static_cast<const arrow::ListArray&>(*plain);
  const ArrayPtr values = TRY(FitInner(list, list.values(), field.type.children[0], field));
  return std::make_shared<arrow::ListArray>(ToArrow(field.type), list.length(),
                                            list.value_offsets(), values, list.null_bitmap(),
                                            list.null_count(), list.offset());
}

Fitted<ArrayPtr> FitMap(const ArrayPtr& array, const Field& field) {
  const auto& map = static_cast<const arrow::MapArray&>(*array);
  const ArrayPtr keys = TRY(FitInner(map, map.keys(), field.type.children[0], field));
  const ArrayPtr items = TRY(FitInner(map, map.items(), field.type.children[1], field));
  return std::make_shared<arrow::MapArray>(ToArrow(field.type), map.length(), map.value_offsets(),
                                           keys, items, map.null_bitmap(), map.null_count(),
                                           map.offset());
}

Fitted<ArrayPtr> FitPlain(const ArrayPtr& array, const Field& field) {
  if (!HoldsAll(field.type, *array->type())) {
    return Refuse(field, -1,
                  fmt::format("values of type {} do not fit into {}", array->type()->ToString(),
                              FormatType(field.type)));
  }
  switch (field.type.id) {
    case TypeId::kString:
      return FitText(array, field);
    case TypeId::kDecimal:
      return FitDecimal(array, field);
    case TypeId::kStruct:
      return FitStruct(array, field);
    case TypeId::kArray:
      return FitList(array, field);
    case TypeId::kMap:
      return FitMap(array, field);
    default:
      break;
  }
  const auto type = ToArrow(field.type);
  if (array->type()->Equals(*type)) return array;
  // A zone's name does not change the instant.
  if (array->type_id() == arrow::Type::TIMESTAMP) {
    const auto unit = static_cast<const arrow::TimestampType&>(*array->type()).unit();
    if (unit == arrow::TimeUnit::MICRO) return array->View(type).ValueOrDie();
  }
  return CastTo(array, type, field);
}

Fitted<ArrayPtr> Fit(const ArrayPtr& array, const Field& field) {
  switch (array->type_id()) {
    case arrow::Type::DICTIONARY: {
      const auto& type = static_cast<const arrow::DictionaryType&>(*array->type());
      return Fit(TRY(CastTo(array, type.value_type(), field)), field);
    }
    case arrow::Type::EXTENSION:
      return Fit(static_cast<const arrow::ExtensionArray&>(*array).storage(), field);
    case arrow::Type::NA: {
      auto nulls = arrow::MakeArrayOfNull(ToArrow(field.type), array->length());
      if (!nulls.ok()) return Refuse(field, -1, nulls.status().message());
      return *nulls;
    }
    default:
      return FitPlain(array, field);
  }
}

std::unexpected<Error> ToError(const Misfit& misfit, std::int64_t first_row) {
  if (misfit.row < 0) {
    return Fail(ErrorKind::kInvalid, fmt::format("column {}: {}", misfit.path, misfit.what));
  }
  return Fail(ErrorKind::kInvalid, fmt::format("column {}, row {}: {}", misfit.path,
                                               first_row + misfit.row, misfit.what));
}

std::string NamesOf(const Schema& schema) {
  std::string names;
  for (const Field& field : schema.fields) names += (names.empty() ? "" : ", ") + field.name;
  return names;
}

}  // namespace

Result<std::shared_ptr<arrow::RecordBatch>> Conform(const arrow::RecordBatch& batch,
                                                    const Schema& schema, std::int64_t first_row) {
  std::vector<ArrayPtr> columns(schema.fields.size());
  for (int i = 0; i < batch.num_columns(); ++i) {
    const std::string& name = batch.column_name(i);
    const auto position = schema.IndexOf(name);
    if (!position) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("there is no column {}; the columns are {}", name, NamesOf(schema)));
    }
    if (columns[*position] != nullptr) {
      return Fail(ErrorKind::kInvalid, fmt::format("the column {} comes twice", name));
    }
    auto fitted = Fit(batch.column(i), schema.fields[*position]);
    if (!fitted) return ToError(fitted.error(), first_row);
    columns[*position] = *std::move(fitted);
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Field& field = schema.fields[i];
    if (columns[i] == nullptr) {
      columns[i] = TRY(Unwrap(arrow::MakeArrayOfNull(ToArrow(field.type), batch.num_rows()),
                              "column " + field.name));
    }
    if (const auto null = FindForbiddenNull(*columns[i], field)) {
      return ToError({null->row, null->path, "null, but the column is declared not null"},
                     first_row);
    }
  }
  return arrow::RecordBatch::Make(ToArrow(schema), batch.num_rows(), std::move(columns));
}

}  // namespace neuralake::columnar
