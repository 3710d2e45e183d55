#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <arrow/util/decimal.h>

#include "neuralake/verify/data/statistics.h"
#include "neuralake/verify/state/schema.h"

namespace neuralake::verify {

/// A value of a primitive type: integers, booleans, days and microseconds as integers, decimals
/// at the scale of their type, texts and bytes as bytes.
using Value = std::variant<std::int64_t, double, std::string, arrow::Decimal256>;

/// Less than 0, 0, or more than 0, as `a` is less than, equal to or greater than `b`, which is of
/// the same alternative and no NaN.
int Compare(const Value& a, const Value& b);

/// The value of type `type` that `text` is, as partition values and statistics write it; nothing
/// when it is none. Instants without a zone are taken as UTC.
/// \source Delta PROTOCOL.md, "Partition Value Serialization"
std::optional<Value> ParseValue(const Type& type, std::string_view text);

std::string ToText(const Value& value);

/// Days since 1970-01-01 of a text such as `2020-02-29`.
std::optional<std::int64_t> ParseDay(std::string_view text);

/// Whether the instant `text` says its zone.
bool HasZone(std::string_view text);

/// Microseconds since 1970 of a text such as `2020-02-29T01:02:03.456+01:00`.
std::optional<std::int64_t> ParseInstant(std::string_view text);

}  // namespace neuralake::verify
