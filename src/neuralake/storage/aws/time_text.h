#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "neuralake/base/clock.h"

namespace neuralake::storage {

/// `20130524T000000Z`, as signatures want it.
std::string AmzDate(WallTime time);

/// Parse `2009-10-12T17:50:30.000Z`; a fraction may be missing or of any length.
std::optional<WallTime> ParseIsoTime(std::string_view text);

/// Parse `Fri, 24 May 2013 00:00:00 GMT`.
std::optional<WallTime> ParseHttpTime(const std::string& text);

}  // namespace neuralake::storage
