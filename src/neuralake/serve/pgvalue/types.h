#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "neuralake/columnar/types.h"
#include "neuralake/serve/pgwire/writer.h"

namespace neuralake::serve {

// Numbers of PostgreSQL's types that the table of types does not have.
inline constexpr std::uint32_t kOidJson = 114;
inline constexpr std::uint32_t kOidText = 25;

/// A column of an answer as RowDescription tells it. Nested types but arrays of primitives are
/// JSON texts.
PgColumn ToPgColumn(const columnar::Field& field, std::int16_t format);

/// The number of `type` in PostgreSQL; arrays of primitives have their own.
std::uint32_t OidOf(const columnar::DataType& type);

/// The number of the array type over a type; 0 when it has none here.
std::uint32_t ArrayOidOf(std::uint32_t element);

/// The element's number of an array type; nothing when `oid` is none.
std::optional<std::uint32_t> ElementOidOf(std::uint32_t oid);

/// The SQL name of the type a client gives a parameter, for casts; empty when it is not known.
std::string SqlNameOfOid(std::uint32_t oid);

}  // namespace neuralake::serve
