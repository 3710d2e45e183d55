#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace neuralake::ingest {

/// An integer of `bytes` (1, 2, 4, 8) bytes: `12`, `-3`, and also `12.0` and `1e3`, whose value is
/// whole. Nothing when it is not whole or does not fit.
std::optional<std::int64_t> ParseInteger(std::string_view text, int bytes);

/// A double: `0.1`, `1e300`, `NaN`, `Infinity`, `-Infinity`. Nothing when it overflows.
std::optional<double> ParseDouble(std::string_view text);

/// Microseconds since 1970 of a number of seconds, milliseconds, microseconds or nanoseconds since
/// 1970, told apart by its size: below 1e11 seconds, below 1e14 milliseconds, below 1e17
/// microseconds, else nanoseconds, cut. A number with a fraction is seconds.
///
/// Each unit is right from March 1973 to the year 5138; text is right for all times.
std::optional<std::int64_t> ParseEpoch(std::string_view text);

/// The bytes of a base64 text, standard or URL alphabet, padded or not.
/// \source RFC 4648, sections 4 and 5
std::optional<std::string> ParseBase64(std::string_view text);

/// Base64 with the standard alphabet, padded.
std::string FormatBase64(std::string_view bytes);

/// Whether `text` is a number of JSON's grammar.
/// \source RFC 8259, section 6
bool IsJsonNumber(std::string_view text);

/// Whether a time of day text carries a zone (`Z`, `+01:00`, ` UTC`).
bool HasZone(std::string_view timestamp);

}  // namespace neuralake::ingest
