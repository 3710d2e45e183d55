#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "neuralake/columnar/value.h"

namespace neuralake::delta {

/// One value to compare with, small and without memory of its own.
struct Datum {
  enum class Family : std::uint8_t {
    kNone,  ///< Nothing known.
    kBoolean,
    kInteger,
    kReal,
    kDecimal,
    kText,
    kDate,
    kInstant,
    kWallClock,
  };

  Family family = Family::kNone;
  std::uint8_t scale = 0;     ///< kDecimal only.
  std::int64_t integer = 0;   ///< All families but the next three.
  double real = 0;            ///< kReal.
  std::string_view text;      ///< kText: borrowed.
  columnar::Decimal decimal;  ///< kDecimal.

  bool known() const { return family != Family::kNone; }

  /// Views the text of `value`, which must stay. Nothing known for null.
  static Datum Of(const columnar::Value& value);
};

/// The family of a type's values; kNone for nested types and others without order.
Datum::Family FamilyOf(columnar::TypeId id);

/// The order of two values: integers, reals and decimals among each other by their number, NaN
/// greatest and equal to itself, -0.0 equal to 0.0, text by bytes. Nothing when they do not
/// compare or the result cannot be had exactly.
std::optional<std::weak_ordering> Compare(const Datum& left, const Datum& right);

}  // namespace neuralake::delta
