#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "neuralake/columnar/types.h"

namespace neuralake::columnar {

/// A 128-bit unscaled decimal; its scale is in the type beside it.
struct Decimal {
  __extension__ __int128 unscaled = 0;
  auto operator<=>(const Decimal&) const = default;
};

/// One primitive value with its type: a literal, a parameter, a bound or a partition value.
///
/// Integers, dates and timestamps of every width are held as int64; float and double as double;
/// string and binary as bytes. `std::monostate` is null.
struct Value {
  DataType type;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Decimal> data;

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  bool operator==(const Value&) const = default;
};

/// Parse the text of a partition value (`2020-01-02`, `true`, `12.50`) as `type`.
/// \errors kInvalid  the text is not of that type
/// \source Delta PROTOCOL.md, "Partition Value Serialization"
Result<Value> ParsePartitionValue(std::string_view text, const DataType& type);

/// The text of a partition value; the inverse of `ParsePartitionValue`. Not for nulls.
std::string FormatPartitionValue(const Value& value);

}  // namespace neuralake::columnar
