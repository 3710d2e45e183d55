#include "neuralake/generate/values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include "neuralake/columnar/time_text.h"
#include "neuralake/generate/limits.h"
#include "neuralake/generate/words.h"

namespace neuralake::generate {
namespace {

using columnar::TypeId;

constexpr std::int64_t kMicrosASecond = 1'000'000;
/// 2024-01-01.
constexpr std::int64_t kFirstDay = 19'723;
constexpr std::int64_t kMicrosADay = 86'400 * kMicrosASecond;
/// Digits of a made-up decimal, so that sums of many fit what sums have.
constexpr int kDecimalDigitsMax = 9;

template <class Builder, class T>
arrow::Status Add(arrow::ArrayBuilder& out, const T& value) {
  return static_cast<Builder&>(out).Append(value);
}

std::int64_t RankOf(const ValuePlan& plan, std::int64_t position, std::int64_t most) {
  if (plan.numbered) return position;
  return plan.draw.Rank(position, std::min(plan.rules.distinct, most), plan.rules.skew);
}

std::string TextOf(const ValuePlan& plan, std::int64_t position) {
  if (plan.numbered) return fmt::format("key-{:09}", position);
  return NameOf(RankOf(plan, position, std::numeric_limits<std::int64_t>::max()));
}

std::int64_t InstantOf(const ValuePlan& plan, std::int64_t position) {
  if (plan.rules.few) return (kFirstDay + 28 * RankOf(plan, position, 1000)) * kMicrosADay;
  // Up by a second a row, give or take less than one: in order, and no two alike.
  return kFirstDay * kMicrosADay + position * kMicrosASecond +
         plan.draw.Between(position, 0, kMicrosASecond - 1);
}

arrow::Decimal128 DecimalOf(const ValuePlan& plan, std::int64_t position) {
  std::int64_t most = 1;
  const int digits = std::min<int>(plan.type.precision, kDecimalDigitsMax);
  for (int i = 0; i < digits; ++i) most *= 10;
  if (plan.rules.few) return arrow::Decimal128(RankOf(plan, position, most));
  return arrow::Decimal128(plan.draw.Rank(position, most, plan.rules.skew));
}

double MeasureOf(const ValuePlan& plan, std::int64_t position) {
  if (plan.rules.few) return static_cast<double>(RankOf(plan, position, 1000));
  return std::round((100 + 15 * plan.draw.Normal(position)) * 1000) / 1000;
}

arrow::Status AppendStruct(const ValuePlan& plan, std::int64_t position, arrow::ArrayBuilder& out) {
  auto& builder = static_cast<arrow::StructBuilder&>(out);
  ARROW_RETURN_NOT_OK(builder.Append());
  for (std::size_t i = 0; i < plan.children.size(); ++i) {
    ARROW_RETURN_NOT_OK(
        AppendValue(plan.children[i], position, *builder.field_builder(static_cast<int>(i))));
  }
  return arrow::Status::OK();
}

arrow::Status AppendList(const ValuePlan& plan, std::int64_t position, arrow::ArrayBuilder& out) {
  auto& builder = static_cast<arrow::ListBuilder&>(out);
  ARROW_RETURN_NOT_OK(builder.Append());
  const auto length = plan.draw.Between(position, 0, kElementsMax);
  for (std::int64_t i = 0; i < length; ++i) {
    ARROW_RETURN_NOT_OK(
        AppendValue(plan.children[0], position * (kElementsMax + 1) + i, *builder.value_builder()));
  }
  return arrow::Status::OK();
}

/// A map has no key twice: its keys are numbered from a place of its own on, and one key is enough
/// for types that cannot be numbered.
arrow::Status AppendMap(const ValuePlan& plan, std::int64_t position, arrow::ArrayBuilder& out) {
  auto& builder = static_cast<arrow::MapBuilder&>(out);
  ARROW_RETURN_NOT_OK(builder.Append());
  ValuePlan key = plan.children[0];
  const auto id = key.type.id;
  const bool counts = id == TypeId::kInteger || id == TypeId::kLong || id == TypeId::kString;
  const auto length = plan.draw.Between(position, 0, counts ? kElementsMax : 1);
  key.numbered = counts;
  const auto first = RankOf(plan, position, 1000);
  for (std::int64_t i = 0; i < length; ++i) {
    const auto element = position * (kElementsMax + 1) + i;
    ARROW_RETURN_NOT_OK(AppendValue(key, counts ? first + i : element, *builder.key_builder()));
    ARROW_RETURN_NOT_OK(AppendValue(plan.children[1], element, *builder.item_builder()));
  }
  return arrow::Status::OK();
}

arrow::Status AppendNested(const ValuePlan& plan, std::int64_t position, arrow::ArrayBuilder& out) {
  if (plan.type.id == TypeId::kStruct) return AppendStruct(plan, position, out);
  if (plan.type.id == TypeId::kArray) return AppendList(plan, position, out);
  return AppendMap(plan, position, out);
}

}  // namespace

ValuePlan MakePlan(const columnar::Field& field, const std::string& path, const ValueRules& rules) {
  ValuePlan plan{.type = field.type,
                 .rules = rules,
                 .nullable = field.nullable,
                 .numbered = false,
                 .draw = Draw(rules.seed, path),
                 .null_draw = Draw(rules.seed, path + " null"),
                 .children = {}};
  for (const auto& child : field.type.children) {
    plan.children.push_back(MakePlan(child, path + "." + child.name, rules));
  }
  // A key of a map is never null, whatever its field says.
  if (plan.type.id == TypeId::kMap) plan.children[0].nullable = false;
  return plan;
}

arrow::Status AppendValue(const ValuePlan& plan, std::int64_t position, arrow::ArrayBuilder& out) {
  if (plan.nullable && !plan.numbered && plan.null_draw.Chance(position, plan.rules.nulls)) {
    return out.AppendNull();
  }
  switch (plan.type.id) {
    case TypeId::kBoolean:
      return Add<arrow::BooleanBuilder>(out, plan.draw.Rank(position, 2, plan.rules.skew) == 0);
    case TypeId::kByte:
      return Add<arrow::Int8Builder>(out, static_cast<std::int8_t>(RankOf(plan, position, 100)));
    case TypeId::kShort:
      return Add<arrow::Int16Builder>(out,
                                      static_cast<std::int16_t>(RankOf(plan, position, 10'000)));
    case TypeId::kInteger:
      return Add<arrow::Int32Builder>(
          out, static_cast<std::int32_t>(RankOf(plan, position, 1'000'000'000)));
    case TypeId::kLong:
      return Add<arrow::Int64Builder>(
          out, RankOf(plan, position, std::numeric_limits<std::int64_t>::max()));
    case TypeId::kFloat:
      return Add<arrow::FloatBuilder>(out, static_cast<float>(MeasureOf(plan, position)));
    case TypeId::kDouble:
      return Add<arrow::DoubleBuilder>(out, MeasureOf(plan, position));
    case TypeId::kDecimal:
      return Add<arrow::Decimal128Builder>(out, DecimalOf(plan, position));
    case TypeId::kString:
      return Add<arrow::StringBuilder>(out, TextOf(plan, position));
    case TypeId::kBinary:
      return Add<arrow::BinaryBuilder>(out, TextOf(plan, position));
    case TypeId::kDate:
      return Add<arrow::Date32Builder>(
          out, static_cast<std::int32_t>(kFirstDay + RankOf(plan, position, 3'650)));
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return Add<arrow::TimestampBuilder>(out, InstantOf(plan, position));
    case TypeId::kVariant:
    case TypeId::kVoid:
      return out.AppendNull();
    case TypeId::kStruct:
    case TypeId::kArray:
    case TypeId::kMap:
      return AppendNested(plan, position, out);
  }
  return arrow::Status::OK();
}

}  // namespace neuralake::generate
