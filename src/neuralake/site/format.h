#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "neuralake/base/clock.h"

namespace neuralake::site {

// How numbers and times read on a page. The page script has the same rules (`web/site/format.ts`);
// a browser test holds the two together.

/// `336,776`.
std::string FormatCount(std::int64_t count);

/// `0 B`, `999 B`, `12.3 MB`: powers of 1000, one decimal below 100.
std::string FormatBytes(std::int64_t bytes);

/// `2013-01-01T05:17:00Z`, for the `datetime` attribute.
std::string FormatInstant(WallTime time);

/// `2013-01-01 05:17 UTC`, for people.
std::string FormatMinute(WallTime time);

/// At most `characters_max` characters of `text`, its end marked by `…` when cut. Never cuts inside
/// a UTF-8 sequence.
std::string Shorten(std::string_view text, std::size_t characters_max);

/// The first sentence or line of a description, in one line.
std::string Summary(std::string_view description);

}  // namespace neuralake::site
