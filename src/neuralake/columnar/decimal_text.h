#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "neuralake/columnar/value.h"

namespace neuralake::columnar {

/// Parse `12.50`, `-0.5`, `1E+3` as a decimal of `precision` digits, `scale` of them behind the
/// point. Nothing when digits would be lost or do not fit.
std::optional<Decimal> ParseDecimal(std::string_view text, int precision, int scale);

/// The plain text with exactly `scale` digits behind the point.
std::string FormatDecimal(const Decimal& value, int scale);

/// 10 to the power of `exponent`, 0..38.
__extension__ __int128 PowerOfTen(int exponent);

}  // namespace neuralake::columnar
