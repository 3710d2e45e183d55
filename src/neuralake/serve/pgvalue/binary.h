#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "neuralake/base/error.h"
#include "neuralake/serve/format/cells.h"

namespace arrow {
class Array;
}

namespace neuralake::serve {

/// Microseconds and days from 1970, where ours count from, to 2000, where PostgreSQL's do.
inline constexpr std::int64_t kPgEpochDays = 10'957;
inline constexpr std::int64_t kPgEpochMicros = kPgEpochDays * 86'400'000'000;

/// A writer for the values of `array` in PostgreSQL's binary formats, without their lengths. Times
/// must be in its range (`CheckPostgresRange`).
///
/// \errors kUnsupported  a type that no answer of the engine has
/// \source PostgreSQL sources, the `…send` functions of each type
Result<std::unique_ptr<Cells>> MakeBinaryCells(const arrow::Array& array);

/// PostgreSQL's binary form of a decimal number from its digits.
///
/// \param digits    of the number without its point and sign
/// \param scale     how many of them stand behind the point
std::string EncodeNumeric(bool negative, std::string_view digits, int scale);

/// The text of a binary numeric; `NaN` and the infinities by name.
/// \errors kInvalid  not in that form
Result<std::string> DecodeNumeric(std::string_view bytes);

}  // namespace neuralake::serve
