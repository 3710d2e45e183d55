#include "neuralake/delta/state/datum.h"

#include <cmath>

#include "neuralake/columnar/decimal_text.h"

namespace neuralake::delta {
namespace {

using Family = Datum::Family;
using columnar::TypeId;

std::weak_ordering CompareReals(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) {
    return static_cast<int>(std::isnan(left)) <=> static_cast<int>(std::isnan(right));
  }
  if (left < right) return std::weak_ordering::less;
  return left > right ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

/// Exact, where converting either to the other may round.
std::weak_ordering CompareIntegerReal(std::int64_t integer, double real) {
  if (std::isnan(real) || real >= 0x1p63) return std::weak_ordering::less;
  if (real < -0x1p63) return std::weak_ordering::greater;
  const double whole = std::trunc(real);
  const auto order = integer <=> static_cast<std::int64_t>(whole);
  if (order != std::strong_ordering::equal) return order;
  return CompareReals(whole, real);
}

/// The value with `digits` more digits behind the point; nothing when it does not fit.
std::optional<columnar::Decimal> Rescale(columnar::Decimal value, int digits) {
  __extension__ __int128 scaled = 0;
  if (digits > 38 ||
      __builtin_mul_overflow(value.unscaled, columnar::PowerOfTen(digits), &scaled)) {
    return std::nullopt;
  }
  return columnar::Decimal{scaled};
}

std::optional<std::weak_ordering> CompareDecimals(columnar::Decimal left, int left_scale,
                                                  columnar::Decimal right, int right_scale) {
  const auto a = Rescale(left, std::max(0, right_scale - left_scale));
  const auto b = Rescale(right, std::max(0, left_scale - right_scale));
  if (!a || !b) return std::nullopt;
  return *a <=> *b;
}

std::optional<std::weak_ordering> Reverse(std::optional<std::weak_ordering> order) {
  if (order) order = 0 <=> *order;
  return order;
}

/// Of two families in their order.
std::optional<std::weak_ordering> CompareMixed(const Datum& left, const Datum& right) {
  if (left.family == Family::kInteger && right.family == Family::kReal) {
    return CompareIntegerReal(left.integer, right.real);
  }
  if (left.family == Family::kInteger && right.family == Family::kDecimal) {
    return CompareDecimals({left.integer}, 0, right.decimal, right.scale);
  }
  return std::nullopt;
}

}  // namespace

Family FamilyOf(TypeId id) {
  switch (id) {
    case TypeId::kBoolean:
      return Family::kBoolean;
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong:
      return Family::kInteger;
    case TypeId::kFloat:
    case TypeId::kDouble:
      return Family::kReal;
    case TypeId::kDecimal:
      return Family::kDecimal;
    case TypeId::kString:
    case TypeId::kBinary:
      return Family::kText;
    case TypeId::kDate:
      return Family::kDate;
    case TypeId::kTimestamp:
      return Family::kInstant;
    case TypeId::kTimestampNtz:
      return Family::kWallClock;
    default:
      return Family::kNone;
  }
}

Datum Datum::Of(const columnar::Value& value) {
  Datum datum;
  if (value.is_null()) return datum;
  datum.family = FamilyOf(value.type.id);
  datum.scale = value.type.scale;
  if (const auto* truth = std::get_if<bool>(&value.data)) datum.integer = *truth ? 1 : 0;
  if (const auto* integer = std::get_if<std::int64_t>(&value.data)) datum.integer = *integer;
  if (const auto* real = std::get_if<double>(&value.data)) datum.real = *real;
  if (const auto* text = std::get_if<std::string>(&value.data)) datum.text = *text;
  if (const auto* decimal = std::get_if<columnar::Decimal>(&value.data)) datum.decimal = *decimal;
  return datum;
}

std::optional<std::weak_ordering> Compare(const Datum& left, const Datum& right) {
  if (left.family != right.family) {
    return left.family < right.family ? CompareMixed(left, right)
                                      : Reverse(CompareMixed(right, left));
  }
  switch (left.family) {
    case Family::kNone:
      return std::nullopt;
    case Family::kReal:
      return CompareReals(left.real, right.real);
    case Family::kDecimal:
      return CompareDecimals(left.decimal, left.scale, right.decimal, right.scale);
    case Family::kText:
      return left.text <=> right.text;
    default:
      return left.integer <=> right.integer;
  }
}

}  // namespace neuralake::delta
