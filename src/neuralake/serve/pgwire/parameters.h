#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/columnar/value.h"

namespace neuralake::serve {

/// The value of a parameter that a client bound.
///
/// Arrays become DuckDB's text of a list (`[1, NULL, 'a']`), which the rewritten statement casts.
/// \param oid     its type: the client's, or the one that was inferred; 0 when neither is known
/// \param format  0 text, 1 binary
/// \param bytes   nothing for null
/// \errors kInvalid      the bytes are not of that type
///         kUnsupported  a type or a binary form that is not known here
Result<columnar::Value> ParameterValue(std::uint32_t oid, std::int16_t format,
                                       std::optional<std::string_view> bytes);

/// DuckDB's type of a list of numbers, from its text: decimals of as many digits as they all need,
/// or doubles when no decimal holds them.
std::string NumericListType(std::string_view list);

}  // namespace neuralake::serve
